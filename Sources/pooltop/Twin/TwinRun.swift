// SPDX-License-Identifier: Apache-2.0

internal import AsyncRuntime
internal import FoundationEssentials
internal import Kernel
internal import SystemPackage
internal import Telemetry
internal import Workload

/// Runs the two twins in turns, each turn in a new process, and puts their figures side by side.
///
/// A thread of its own starts the processes, reads what they write and ends them; they cannot
/// outlive it. While a twin runs its snapshots are the picture, with the comparison added.
final class TwinRun: Sendable {
    private struct State {
        var comparison = TwinComparison()
        var picture: RuntimeSnapshot?
        /// Commands to the asynchronous twin's runtime.
        var commands: [RuntimeCommand] = []
        /// When the turns begin anew, once nobody has changed anything for a while.
        var beginsAnewAt: Instant?
        var isStopping = false
        /// No process may run.
        var isHalted = false
        var isProcessRunning = false
        var observer: (@Sendable (RuntimeSnapshot) -> Void)?
    }

    /// The figures of a turn count from when it is so old.
    private static let leastSeconds = 1.0
    /// Keys are pressed several times; the last press counts.
    private static let patience = Duration.milliseconds(500)

    private let workload: Workload
    private let configuration: RuntimeConfiguration
    private let seed: UInt64
    private let turn: Duration
    private let begin = Instant.now
    /// Which run of the sequence of scenarios this is.
    private let run: Int
    /// How long the program had run when the twins began.
    private let earlier: Duration
    private let state: Lock<State>
    private let wake: EventDescriptor
    private let thread = Lock<KernelThread?>(nil)

    /// Starts the first turn; the twins get the settings of `workload`, the scenario in this process.
    ///
    /// Their pictures tell the time since the program began, which is `earlier` before this.
    ///
    /// - Throws: `EMFILE` or `EAGAIN` where a limit is hit.
    init(
        _ workload: Workload,
        run: Int,
        seed: UInt64,
        configuration: RuntimeConfiguration,
        turn: Duration,
        after earlier: Duration
    ) throws(Errno) {
        self.workload = workload
        self.run = run
        self.earlier = earlier
        self.seed = seed
        self.configuration = configuration
        self.turn = turn
        var state = State()
        state.comparison.turnSeconds = turn / .seconds(1)
        self.state = Lock(state)
        wake = try EventDescriptor()
        let started = try KernelThread(name: "twins") { [self] in takeTurns() }
        thread.withLock { $0 = started }
    }

    /// The newest picture; before the first turn's first snapshot there is none.
    var picture: RuntimeSnapshot? { state.withLock { $0.picture } }

    /// Hands each new picture to `observer`, on the thread of the turns.
    func observe(_ observer: (@Sendable (RuntimeSnapshot) -> Void)?) {
        state.withLock { $0.observer = observer }
    }

    /// Takes over a change: the turns begin anew with it, after what came before it is forgotten.
    ///
    /// A change of the runtime leaves the figures of the blocking twin, which has none, as they are.
    /// Tempo is none of its changes: who compares speeds does not hold one of the two. Nor is a closer
    /// look at a machine.
    func apply(_ command: RuntimeCommand) {
        guard !command.changesNothing else { return }
        state.withLock { state in
            if command.concernsLoad {
                state.comparison.sync = TwinComparison.Side()
            } else {
                state.commands.append(command)
            }
            state.comparison.async = TwinComparison.Side()
            state.beginsAnewAt = Instant.now.advanced(by: Self.patience)
        }
        wake.signal()
    }

    /// Ends the process that runs, for as long as `body` takes.
    func halt(during body: () -> Void) {
        state.withLock { $0.isHalted = true }
        wake.signal()
        let pause = Parker()
        for _ in 0..<200 where state.withLock({ $0.isProcessRunning }) {
            pause.park(timeout: .milliseconds(1))
        }
        body()
        state.withLock { $0.isHalted = false }
        wake.signal()
    }

    /// Lets the process that runs and the thread of the turns end.
    func end() {
        state.withLock { $0.isStopping = true }
        wake.signal()
    }

    /// Ends them, and waits for it.
    func stop() {
        end()
        let thread = thread.withLock { $0.take() }
        _ = thread?.join(timeout: .seconds(1))
    }

    // MARK: The thread of the turns

    private enum Ending { case over, anew, halted, stopped }

    private func takeTurns() {
        var way = TwinComparison.Way.async
        while true {
            switch takeTurn(way) {
            case .over: way = way.other
            case .anew: way = .async
            case .halted: waitWhileHalted()
            case .stopped: return
            }
        }
    }

    private func takeTurn(_ way: TwinComparison.Way) -> Ending {
        let (isReady, commands) = state.withLock { state in
            state.comparison.running = way
            state.comparison.elapsedSeconds = 0
            state.beginsAnewAt = nil
            state.isProcessRunning = !state.isHalted && !state.isStopping
            return (state.isProcessRunning, state.commands)
        }
        defer { state.withLock { $0.isProcessRunning = false } }
        guard isReady else { return state.withLock { $0.isStopping } ? .stopped : .halted }
        let order = TwinOrder(
            way: way,
            settings: workload.settings,
            seed: seed,
            configuration: configuration,
            commands: commands
        )
        let start = Instant.now
        do {
            var child = try ChildProcess(
                arguments: ["twin-process", "--parent", "\(ChildProcess.ownIdentifier)"]
            )
            try child.tell(order.line())
            return follow(&child, way, since: start)
        } catch {
            note("The process could not be started (\(error)).", way)
            CurrentThread.sleep(for: Self.patience)
            return state.withLock { $0.isStopping } ? .stopped : .over
        }
    }

    /// Reads what the twin writes until its turn is over.
    private func follow(
        _ child: inout ChildProcess,
        _ way: TwinComparison.Way,
        since start: Instant
    ) -> Ending {
        var lines = LineBuffer()
        let end = start.advanced(by: turn)
        while true {
            let (isStopping, isHalted, anew) = state.withLock {
                ($0.isStopping, $0.isHalted, $0.beginsAnewAt)
            }
            let now = Instant.now
            if isStopping { return .stopped }
            if isHalted { return .halted }
            if let anew, now >= anew { return .anew }
            if anew == nil, now >= end { break }
            let until = (anew ?? end).duration(since: now)
            switch child.next(or: wake.number, timeout: until) {
            case .bytes(let bytes):
                for line in lines.take(bytes) { show(line, way, since: start) }
            case .end: note("It has ended before its turn was over; the log says why.", way)
            case .interrupted: wake.drain()
            case .timeout: break
            }
        }
        state.withLock { $0.comparison[way].turns += 1 }
        return .over
    }

    private func waitWhileHalted() {
        let pause = Parker()
        while state.withLock({ $0.isHalted && !$0.isStopping }) {
            pause.park(timeout: .milliseconds(20))
        }
    }

    private func note(_ problem: String, _ way: TwinComparison.Way) {
        state.withLock { $0.comparison[way].problem = problem }
    }

    /// Takes in one snapshot of the twin that runs, and shows it.
    private func show(_ line: ArraySlice<UInt8>, _ way: TwinComparison.Way, since start: Instant) {
        guard var picture = try? JSONDecoder().decode(RuntimeSnapshot.self, from: Data(line)) else {
            return note("It wrote something that is no snapshot.", way)
        }
        let turnSeconds = Instant.now.duration(since: start) / .seconds(1)
        let earlier = self.picture
        let (comparison, observer) = state.withLock { state in
            state.comparison.elapsedSeconds = turnSeconds
            if picture.elapsedSeconds >= Self.leastSeconds, state.beginsAnewAt == nil {
                state.comparison[way].take(picture)
            }
            return (state.comparison, state.observer)
        }
        picture.twin = comparison
        picture.scenario = workload.scenario.name
        picture.delay(by: (self.earlier + start.duration(since: begin)) / .seconds(1))
        let caption = Self.caption(picture, way)
        picture.detail?.scenario = workload.text
        picture.detail?.scenario.run = run
        picture.detail?.settings = workload.reportedSettings
        picture.detail?.caption = caption
        if way == .sync, let earlier { picture.keepSettings(of: earlier) }
        state.withLock { $0.picture = picture }
        observer?(picture)
    }

    private static func caption(_ picture: RuntimeSnapshot, _ way: TwinComparison.Way) -> String {
        let threads = picture.process.threads
        switch way {
        case .async:
            return "The async twin: \(picture.operations.inFlight) operations in flight, "
                + "\(threads) threads in all. v compares."
        case .sync:
            return "The blocking twin: no port, no pool, \(threads) threads wait in calls. "
                + "v compares."
        }
    }
}

extension RuntimeCommand {
    /// Whether it leaves what both twins do as it is.
    fileprivate var changesNothing: Bool {
        switch self {
        case .setTempo, .setWorldPaused, .step, .follow, .watchMachines, .searchMachines,
            .cancelOperation, .startScenario:
            true
        default: false
        }
    }

    /// Whether it changes what both twins do, and not only the asynchronous one's runtime.
    fileprivate var concernsLoad: Bool {
        switch self {
        case .setClients, .setRate, .setDelay, .setProcessorTime, .setBlocking, .setReset,
            .setVariant:
            true
        default: false
        }
    }
}

extension TwinComparison.Side {
    /// The figures of the turn so far.
    fileprivate mutating func take(_ picture: RuntimeSnapshot) {
        seconds = picture.elapsedSeconds
        threads = picture.process.threads
        residentBytes = picture.process.residentBytes
        contextSwitches = picture.process.contextSwitches
        cpuPercent = Double(picture.process.processorMicroseconds) / 10_000 / seconds
        requests = picture.requests
        problem = picture.diagnoses.first ?? ""
    }
}

extension RuntimeSnapshot {
    /// Tells times since this process began, rather than since the twin's began.
    fileprivate mutating func delay(by seconds: Double) {
        elapsedSeconds += seconds
        for index in adjustments.indices { adjustments[index].elapsedSeconds += seconds }
        guard var detail else { return }
        detail.startedAtUnixSeconds -= seconds
        for index in detail.events.indices { detail.events[index].elapsedSeconds += seconds }
        self.detail = detail
    }

    /// What the runtime of the other twin is set to: the knobs stay where they are.
    fileprivate mutating func keepSettings(of other: RuntimeSnapshot) {
        pollers.minimum = other.pollers.minimum
        pollers.maximum = other.pollers.maximum
        port.concurrency = other.port.concurrency
        workers.minimum = other.workers.minimum
        workers.maximum = other.workers.maximum
        detail?.limits.pollers = other.detail?.limits.pollers ?? 0
        detail?.limits.workers = other.detail?.limits.workers ?? 0
        if let switches = other.detail?.switches { detail?.switches = switches }
    }
}
