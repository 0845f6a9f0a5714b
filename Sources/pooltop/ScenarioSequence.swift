// SPDX-License-Identifier: Apache-2.0

internal import AsyncRuntime
internal import Kernel
internal import Synchronization
internal import Telemetry
internal import Workload

/// One scenario after the other on a runtime that stays.
///
/// The process's executor cannot be exchanged, so a change happens inside it: the old scenario ends,
/// all of its operations complete and all of its machines go; the runtime takes over the next one's
/// limits and lets threads leave that a fresh one would not have; then the next one starts. The main loop
/// drives that by ``proceed(_:)``, and nothing waits for anything: a scenario that cannot end keeps
/// the screen alive, and after a while is left behind, which is said.
final class ScenarioSequence: Sendable {
    /// A scenario, and all that `pooltop run` would give it.
    struct Plan: Sendable {
        var scenario: Scenario
        var settings: WorkloadSettings
        var configuration: RuntimeConfiguration
        var listenOn: SocketAddress?

        init(
            _ scenario: Scenario,
            settings: WorkloadSettings,
            configuration: RuntimeConfiguration,
            listenOn: SocketAddress? = nil
        ) {
            self.scenario = scenario
            self.settings = settings
            self.configuration = configuration
            self.listenOn = listenOn
        }

        /// The scenario as the command line starts it where only its name is given.
        init(_ scenario: Scenario) {
            var configuration = RuntimeConfiguration()
            scenario.configure(&configuration)
            self.init(scenario, settings: scenario.defaults, configuration: configuration)
        }
    }

    private enum Phase {
        case running
        /// Since a time, and told when the old scenario's tasks have ended.
        case ending(Plan, since: Duration, End)
        /// The runtime is becoming what the next scenario wants.
        case adopting(Plan, since: Duration)
    }

    private final class End: Sendable {
        let isReached = Atomic(false)
    }

    /// A scenario that runs.
    struct Scene {
        var plan: Plan
        var workload: Workload
        /// Counts from 1.
        var run: Int
    }

    private struct State {
        var plan: Plan
        var workload: Workload
        var run = 1
        var phase = Phase.running
    }

    /// How long a scenario may take to end before the next one starts beside its rest.
    private static let patience = Duration.seconds(5)
    /// How long idle threads may take to leave.
    private static let threadPatience = Duration.seconds(3)

    private let runtime: Runtime
    private let first: Plan
    private let seed: UInt64
    private let preference: (any TaskExecutor)?
    private let state: Lock<State>

    /// Starts the first scenario.
    ///
    /// - Throws: what opening the server's socket failed with.
    init(
        _ first: Plan,
        seed: UInt64,
        on runtime: Runtime,
        preference: (any TaskExecutor)? = nil
    ) throws(OperationError) {
        self.runtime = runtime
        self.first = first
        self.seed = seed
        self.preference = preference
        let workload = try Self.workload(first, seed, runtime, preference)
        state = Lock(State(plan: first, workload: workload))
    }

    /// What runs; `nil` during a change.
    var scene: Scene? {
        state.withLock { state in
            guard case .running = state.phase else { return nil }
            return Scene(plan: state.plan, workload: state.workload, run: state.run)
        }
    }

    /// The scenario that runs, or that is ending.
    var workload: Workload { state.withLock { $0.workload } }

    /// Enters what the scenario knows into a snapshot of the runtime.
    func fill(_ snapshot: inout RuntimeSnapshot, over span: RequestSpan) {
        let (workload, run, next) = state.withLock { state in
            (state.workload, state.run, Self.next(state.phase))
        }
        workload.fill(&snapshot, over: span)
        snapshot.detail?.scenario.run = run
        guard let next else { return }
        let inFlight = snapshot.machines.inFlight
        snapshot.detail?.caption =
            inFlight > 0
            ? "\(workload.scenario.name) is ending: \(inFlight) machines to go. Then: \(next)."
            : "\(workload.scenario.name) has ended. Next: \(next)."
    }

    private static func next(_ phase: Phase) -> String? {
        switch phase {
        case .running: nil
        case .ending(let plan, _, _), .adopting(let plan, _): plan.scenario.name
        }
    }

    /// Lets the scenario end, and the one of that name start when it has; the last name asked for
    /// counts.
    ///
    /// The scenario of the command line starts as it did there, others as by their name alone.
    func start(_ name: String) {
        guard let scenario = Scenario.named(name) else { return }
        start(name == first.scenario.name ? first : Plan(scenario))
    }

    func start(_ plan: Plan) {
        // A world that is held could not end anything.
        for command in [RuntimeCommand.setTempo(microsecondsPerHop: 0), .setWorldPaused(false)] {
            _ = try? runtime.apply(command)
        }
        let now = runtime.elapsed
        let ended = state.withLock { state -> (Workload, End)? in
            switch state.phase {
            case .running:
                let end = End()
                state.phase = .ending(plan, since: now, end)
                return (state.workload, end)
            case .ending(_, let since, let end):
                state.phase = .ending(plan, since: since, end)
            case .adopting:
                // Nothing is in flight: from the beginning.
                let end = End()
                end.isReached.store(true, ordering: .relaxed)
                state.phase = .ending(plan, since: now, end)
            }
            return nil
        }
        guard let (workload, end) = ended else { return }
        // Threads that wait for async code would wait for machines that are being cancelled.
        runtime.refuseSynchronousWaits(true)
        workload.stop { end.isReached.store(true, ordering: .relaxed) }
    }

    /// Goes on with a change, if there is one and a snapshot says that its next step can be done.
    ///
    /// Returns a sentence where something went wrong. One thread calls it.
    func proceed(_ snapshot: RuntimeSnapshot) -> String? {
        let phase = state.withLock { $0.phase }
        let seen = Duration.seconds(snapshot.elapsedSeconds)
        switch phase {
        case .running: return nil
        case .ending(let plan, let since, let end):
            let rest = snapshot.machines.inFlight + snapshot.operations.inFlight
            let hasEnded = end.isReached.load(ordering: .relaxed) && seen > since && rest == 0
            guard hasEnded || runtime.elapsed - since > Self.patience else { return nil }
            return adopt(plan, leaving: hasEnded ? 0 : snapshot.machines.inFlight)
        case .adopting(let plan, let since):
            let isFresh = snapshot.workers.existing <= plan.configuration.workers.lowerBound
            guard seen > since && isFresh || runtime.elapsed - since > Self.threadPatience else {
                return nil
            }
            return begin(plan)
        }
    }

    private func adopt(_ plan: Plan, leaving rest: Int) -> String? {
        let name = workload.scenario.name
        let now = runtime.elapsed
        state.withLock { $0.phase = .adopting(plan, since: now) }
        do throws(RuntimeError) {
            try runtime.beginAdopting(plan.configuration)
        } catch {
            return error.description
        }
        return rest == 0 ? nil : "\(name) has not ended: \(rest) of its machines are left behind."
    }

    private func begin(_ plan: Plan) -> String? {
        runtime.endAdopting(plan.configuration)
        runtime.refuseSynchronousWaits(false)
        do throws(OperationError) {
            let workload = try Self.workload(plan, seed, runtime, preference)
            // What is left of the old one goes when the lock has been given back.
            let old = state.withLock { state in
                let old = state.workload
                state.plan = plan
                state.workload = workload
                state.run += 1
                state.phase = .running
                return old
            }
            withExtendedLifetime(old) {}
            return nil
        } catch {
            state.withLock { $0.phase = .running }
            return "\(plan.scenario.name) cannot start: \(error)."
        }
    }

    private static func workload(
        _ plan: Plan,
        _ seed: UInt64,
        _ runtime: Runtime,
        _ preference: (any TaskExecutor)?
    ) throws(OperationError) -> Workload {
        try Workload(
            plan.scenario,
            settings: plan.settings,
            seed: seed,
            listenOn: plan.listenOn,
            descriptorLimit: ProcessStatus.raiseDescriptorLimit(),
            runtime: runtime,
            preference: preference
        )
    }
}
