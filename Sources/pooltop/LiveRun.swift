// SPDX-License-Identifier: Apache-2.0

internal import AsyncRuntime
internal import Kernel
internal import SystemPackage
internal import Telemetry
internal import Workload

/// A runtime and the scenarios on it, from start to stop: what `run`, `headless` and the soak share.
///
/// Stopping: the scenario ends first, since its machines are what the runtime still works for; the
/// wait for it is bounded; then the runtime shuts down and joins its threads.
struct LiveRun {
    let runtime: Runtime
    let scenarios: ScenarioSequence
    /// The processes of the scenario `twin`, while it runs.
    private let stage: TwinStage

    /// Does what the options say; a twin's turn, where there are twins, lasts for `turn`.
    init(pool: PoolOptions, scenario options: ScenarioOptions, turn: Duration) throws {
        let scenario = try options.chosenScenario()
        try self.init(
            scenario,
            settings: options.settings(of: scenario),
            seed: options.chosenSeed(),
            configuration: pool.configuration(for: scenario.configure),
            listenOn: options.listenAddress(),
            turn: turn
        )
    }

    /// Makes the runtime the process's executor and starts the scenario on it.
    init(
        _ scenario: Scenario,
        settings: WorkloadSettings,
        seed: UInt64,
        configuration: RuntimeConfiguration,
        listenOn address: SocketAddress? = nil,
        turn: Duration = .seconds(5)
    ) throws {
        runtime = try Runtime.install(configuration)
        let plan = ScenarioSequence.Plan(
            scenario,
            settings: settings,
            configuration: configuration,
            listenOn: address
        )
        do throws(OperationError) {
            scenarios = try ScenarioSequence(plan, seed: seed, on: runtime)
        } catch {
            runtime.shutdown()
            let name = address?.description ?? "127.0.0.1:0"
            throw UsageError(listening: name, failedWith: error)
        }
        stage = TwinStage(on: runtime, seed: seed, turn: turn)
        if let sentence = openStage() {
            runtime.shutdown()
            throw UsageError(sentence)
        }
    }

    /// The picture of this moment: the runtime's cut with the scenario's figures.
    func snapshot(over span: RequestSpan) -> RuntimeSnapshot {
        if let picture = stage.present?.picture { return picture }
        var snapshot = runtime.snapshot()
        scenarios.fill(&snapshot, over: span)
        return snapshot
    }

    /// Hands each new picture to `observer`, on the thread that has made it; `nil` ends that.
    func observe(_ observer: (@Sendable (RuntimeSnapshot) -> Void)?) {
        stage.observe(observer)
        guard let observer else { return runtime.observe(nil) }
        runtime.observe { [scenarios, stage] snapshot in
            // While twins play, theirs are the pictures.
            guard stage.present == nil else { return }
            var snapshot = snapshot
            scenarios.fill(&snapshot, over: .recent)
            observer(snapshot)
        }
    }

    /// Goes on with a change of scenario, if there is one.
    ///
    /// Returns a sentence where something went wrong. One thread calls it, with each picture.
    func proceed(_ snapshot: RuntimeSnapshot) -> String? {
        let sentence = scenarios.proceed(snapshot)
        return openStage() ?? sentence
    }

    /// Starts the twins if their scenario has begun; returns why they cannot be started.
    private func openStage() -> String? {
        guard let scene = scenarios.scene else { return nil }
        do throws(Errno) {
            try stage.open(for: scene)
            return nil
        } catch {
            return "The twins cannot be started (\(error)); close other programs."
        }
    }

    /// Lets everything stand still while `body` has stopped the process.
    func standStill(during body: () -> Void) {
        guard let twins = stage.present else { return runtime.standStill(during: body) }
        twins.halt { runtime.standStill(during: body) }
    }

    /// Hands a command to whichever of the two understands it.
    ///
    /// - Throws: `RuntimeError` where a thread could not be created.
    func apply(_ command: RuntimeCommand) throws(RuntimeError) {
        if case .startScenario(let name) = command {
            stage.close()
            scenarios.start(name)
            return
        }
        scenarios.workload.apply(command)
        if let twins = stage.present { return twins.apply(command) }
        try runtime.apply(command)
    }

    /// Ends the scenario, then the runtime, in under 200 ms.
    ///
    /// Returns the names of threads that are held even then; the process ends without them.
    @discardableResult
    func stop() -> [String] {
        runtime.letWorldGoOn()
        stage.stop()
        let ending = Ending()
        scenarios.workload.stop { ending.parker.unpark() }
        // Where the machines need longer (a thread is held), the runtime's own shutdown ends them.
        ending.parker.park(timeout: LiveRun.scenarioPatience)
        return runtime.shutdown(within: LiveRun.runtimePatience)
    }

    private static let scenarioPatience = Duration.milliseconds(50)
    private static let runtimePatience = Duration.milliseconds(150)

    private final class Ending: Sendable {
        let parker = Parker()
    }
}

extension UsageError {
    /// Why a server could not be opened, and what helps.
    init(listening address: String, failedWith error: OperationError) {
        switch error {
        case .system(.noSpace):
            self.init("No space is left for the scenario's file; free some, or set TMPDIR.")
        case .system(.addressInUse):
            self.init("\(address) is in use; choose another port, or port 0 for a free one.")
        case .system(.addressNotAvailable):
            self.init("\(address) is not an address of this machine; choose 127.0.0.1.")
        case .system(.permissionDenied):
            self.init("\(address) may not be opened by this user; choose a port above 1023.")
        default:
            self.init("\(address) cannot be opened (\(error)); choose another address.")
        }
    }
}
