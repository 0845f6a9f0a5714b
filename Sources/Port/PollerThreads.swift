// SPDX-License-Identifier: Apache-2.0

package import Kernel
internal import Synchronization
package import SystemPackage
internal import Telemetry

/// The poller threads of a port: as many as its minimum says, and more while user code holds them.
package final class PollerThreads: Sendable {
    /// As many as .NET allowed for completion port threads.
    package static let limit = 1000

    private struct State {
        var minimum: Int
        var maximum: Int
        /// As many as there should be now: the minimum, and those that were added since.
        var wanted: Int
        var growth = PollerGrowth()
        /// Running pollers by number.
        var pollers: [Int: Poller] = [:]
        /// Numbers of threads that are being started.
        var starting: Set<Int> = []
        var isStopped = false
    }

    private let roster = ThreadRoster()
    private let port: CompletionPort
    private let delegate: any PollerDelegate
    private let state: Lock<State>

    package init(
        port: CompletionPort,
        minimum: Int,
        maximum: Int,
        delegate: any PollerDelegate
    ) {
        self.port = port
        self.delegate = delegate
        state = Lock(State(minimum: minimum, maximum: maximum, wanted: minimum))
    }

    /// Starts the minimum of threads.
    ///
    /// - Throws: `EAGAIN` where a limit of threads or memory is hit.
    package func start() throws(Errno) {
        try adjust()
    }

    package var minimum: Int { state.withLock { $0.minimum } }
    package var maximum: Int { state.withLock { $0.maximum } }

    /// Pollers that exist, in the order of their numbers, those that leave included.
    package var all: [Poller] {
        state.withLock { $0.pollers.values.sorted { $0.number < $1.number } }
    }

    /// Changes how many threads there are: 1 up to `limit`.
    ///
    /// Surplus pollers finish what they have.
    package func resize(minimum: Int, maximum: Int) throws(Errno) {
        state.withLock { state in
            state.minimum = min(max(1, minimum), PollerThreads.limit)
            state.maximum = min(max(state.minimum, maximum), PollerThreads.limit)
            state.wanted = state.minimum
        }
        try adjust()
    }

    /// Tells all to leave.
    ///
    /// They end when they have delivered what they took.
    package func stop() {
        let pollers = state.withLock { state -> [Poller] in
            state.isStopped = true
            return state.pollers.values.filter { !$0.leaves }
        }
        for poller in pollers { port.dismiss(poller) }
    }

    /// Joins all threads.
    ///
    /// Returns the names of those that have not ended by `deadline`.
    package func join(until deadline: Instant) -> [String] {
        let pause = Parker()
        while state.withLock({ !$0.starting.isEmpty }), Instant.now < deadline {
            pause.park(timeout: .milliseconds(1))
        }
        return roster.join(until: deadline)
    }

    /// Looks after the number of pollers; to be called twice a second while there is something to
    /// look after.
    ///
    /// Returns whether there is not.
    package func look(at now: Instant) -> Bool {
        let pollers = all.filter { !$0.leaves }
        let states = pollers.map { (poller: $0, state: $0.lane.state) }
        let idle = states.filter { $0.state.value == Poller.State.waiting.rawValue }
        let held = states.filter {
            $0.state.value == Poller.State.inline.rawValue
                || $0.state.value == Poller.State.blocked.rawValue
        }
        let oldest = idle.min { $0.state.since < $1.state.since }
        let seating = port.seating
        let isHeld = !pollers.isEmpty && held.count == pollers.count
        let look = PollerGrowth.Look(
            nanoseconds: now.nanoseconds,
            count: pollers.count,
            held: held.count,
            running: seating.running,
            concurrency: seating.concurrency,
            taken: pollers.reduce(0) { $0 + $1.lane.progress(.packetsTaken) },
            hasWork: isHeld && port.hasWork(at: now),
            longestWait: oldest.map { now.nanoseconds &- min($0.state.since, now.nanoseconds) } ?? 0
        )
        let (step, isAboveMinimum) = state.withLock { state -> (PollerGrowth.Step, Bool) in
            let step = state.growth.step(look, minimum: state.minimum, maximum: state.maximum)
            switch step {
            case .none: break
            case .grow: state.wanted = min(pollers.count + 1, state.maximum)
            case .shrink: state.wanted = max(pollers.count - 1, state.minimum)
            }
            return (step, state.wanted > state.minimum)
        }
        switch step {
        case .none: break
        // One that cannot be created was reported; the next look tries again.
        case .grow: try? adjust(reason: "Starvation")
        case .shrink: if let poller = oldest?.poller { dismiss(poller) }
        }
        return held.isEmpty && !isAboveMinimum
    }

    private func dismiss(_ poller: Poller) {
        poller.isLeaving.store(true, ordering: .relaxed)
        delegate.pollerDismissed(poller, "ThreadTimedOut")
        port.dismiss(poller)
    }

    private func adjust(reason: String? = nil) throws(Errno) {
        roster.joinEnded()
        while true {
            enum Step { case start(Int), dismiss(Poller), none }
            let step = state.withLock { state -> Step in
                if state.isStopped { return .none }
                let staying = state.pollers.values.filter { !$0.leaves }
                let count = staying.count + state.starting.subtracting(state.pollers.keys).count
                if count < state.wanted {
                    let isFree = { state.pollers[$0] == nil && !state.starting.contains($0) }
                    // Where those that leave hold all numbers, the first that ends looks again.
                    guard let number = (1..<port.pollerCapacity).first(where: isFree) else {
                        return .none
                    }
                    state.starting.insert(number)
                    return .start(number)
                }
                guard count > state.wanted,
                    let last = staying.max(by: { $0.number < $1.number })
                else { return .none }
                last.isLeaving.store(true, ordering: .relaxed)
                return .dismiss(last)
            }
            switch step {
            case .start(let number): try start(number, reason)
            case .dismiss(let poller): port.dismiss(poller)
            case .none: return
            }
        }
    }

    private func start(_ number: Int, _ reason: String?) throws(Errno) {
        let poller = Poller(
            number: number,
            lane: delegate.makeLane(kind: .poller, number: number),
            reason: reason
        )
        // It counts as being started until it is on the roster, where `join` finds it.
        defer { state.withLock { _ = $0.starting.remove(number) } }
        let isWanted = state.withLock { state in
            if !state.isStopped { state.pollers[number] = poller }
            return !state.isStopped
        }
        guard isWanted else { return }
        do throws(Errno) {
            try roster.start(name: "poller-\(number)", stackBytes: 1 << 20) { self.main(poller) }
        } catch {
            state.withLock { _ = $0.pollers.removeValue(forKey: number) }
            port.forget(poller)
            delegate.pollerFailedToStart(poller, "\(error)")
            throw error
        }
    }

    private func main(_ poller: Poller) {
        delegate.pollerStarted(poller)
        var batch: [OperationReference] = []
        var ready: [UInt32] = []
        var events: [ReadinessEvent] = []
        batch.reserveCapacity(CompletionPort.usualBatch)
        while port.dequeue(into: &batch, ready: &ready, events: &events, poller: poller) {
            delegate.taken(batch, on: poller)
            for operation in batch { delegate.deliver(operation, on: poller) }
            delegate.delivered(on: poller)
        }
        delegate.pollerEnded(poller)
        state.withLock { _ = $0.pollers.removeValue(forKey: poller.number) }
        // One that cannot be created was reported.
        try? adjust()
    }
}
