// SPDX-License-Identifier: Apache-2.0

internal import AsyncRuntime
internal import Kernel
internal import SystemPackage
internal import Telemetry
internal import Workload

/// The twins while their scenario runs, and nobody while another one does.
///
/// Their scenario has nothing in this process: when the sequence of scenarios has come to it, the
/// processes are started and their pictures take the place of this runtime's; when another one is
/// asked for they are told to end, and the runtime's pictures are back at once. One thread opens and
/// closes; any thread may look.
final class TwinStage: Sendable {
    private struct State {
        var present: TwinRun?
        /// Told to end, and not joined yet: nobody waits for them before the program ends.
        var leaving: [TwinRun] = []
        var observer: (@Sendable (RuntimeSnapshot) -> Void)?
        /// The run of the scenario that has been opened for, or could not be.
        var run = 0
    }

    private let turn: Duration
    private let seed: UInt64
    private let runtime: Runtime
    private let state = Lock(State())

    init(on runtime: Runtime, seed: UInt64, turn: Duration) {
        self.runtime = runtime
        self.seed = seed
        self.turn = turn
    }

    /// The twins that play; `nil` while another scenario runs.
    var present: TwinRun? { state.withLock { $0.present } }

    /// Who is to see the pictures of twins, now and later.
    func observe(_ observer: (@Sendable (RuntimeSnapshot) -> Void)?) {
        let present = state.withLock { state in
            state.observer = observer
            return state.present
        }
        present?.observe(observer)
    }

    /// Starts the twins if their scenario has begun since the last call.
    ///
    /// - Throws: `EMFILE` or `EAGAIN` where a limit is hit, once for each time it begins.
    func open(for scene: ScenarioSequence.Scene) throws(Errno) {
        guard scene.plan.scenario.name == Scenario.twin.name else { return }
        let isNew = state.withLock { state in
            defer { state.run = scene.run }
            return state.run != scene.run
        }
        guard isNew else { return }
        let twins = try TwinRun(
            scene.workload,
            run: scene.run,
            seed: seed,
            configuration: scene.plan.configuration,
            turn: turn,
            after: runtime.elapsed
        )
        let observer = state.withLock { state in
            state.present = twins
            return state.observer
        }
        twins.observe(observer)
    }

    /// Lets the twins end, if there are any, without waiting for it.
    func close() {
        let twins = state.withLock { state in
            if let twins = state.present { state.leaving.append(twins) }
            return state.present.take()
        }
        twins?.observe(nil)
        twins?.end()
    }

    /// Ends them, and waits for their threads.
    func stop() {
        close()
        let leaving = state.withLock { state in
            defer { state.leaving = [] }
            return state.leaving
        }
        for twins in leaving { twins.stop() }
    }
}
