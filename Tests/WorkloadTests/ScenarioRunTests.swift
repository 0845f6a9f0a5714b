// SPDX-License-Identifier: Apache-2.0

import AsyncRuntime
import Telemetry
import Testing

@testable import Workload

/// Scenarios on a real runtime, with few clients and short times.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct ScenarioRunTests {
    /// A runtime with a scenario on it, stopped at the end of `body`.
    private func run(
        _ scenario: Scenario,
        _ settings: WorkloadSettings,
        placement: Placement = .worker,
        descriptorLimit: Int = 1024,
        _ body: (Runtime, Workload) async throws -> Void
    ) async throws {
        var configuration = RuntimeConfiguration()
        configuration.workers = 2...4
        configuration.pollers = 2...2
        configuration.placement = placement
        let runtime = try Runtime(configuration)
        defer { runtime.shutdown() }
        let workload = try Workload(
            scenario,
            settings: settings,
            seed: 7,
            descriptorLimit: descriptorLimit,
            runtime: runtime,
            preference: runtime.executor
        )
        try await body(runtime, workload)
        await withCheckedContinuation { stopped in workload.stop { stopped.resume() } }
        let last = picture(runtime, workload)
        #expect(last.operations.balances)
        #expect(last.operations.inFlight == 0, "All tasks have ended, so have their operations.")
    }

    private func picture(_ runtime: Runtime, _ workload: Workload) -> RuntimeSnapshot {
        var snapshot = runtime.snapshot()
        if snapshot.detail == nil { snapshot.detail = RuntimeSnapshot.Detail() }
        workload.fill(&snapshot, over: .wholeRun)
        return snapshot
    }

    /// Looks at each of the sampler's snapshots, for at most a minute, until the picture is as `condition` says.
    private func wait(
        for what: String,
        _ runtime: Runtime,
        _ workload: Workload,
        until condition: (RuntimeSnapshot) -> Bool
    ) async throws -> RuntimeSnapshot {
        let end = ContinuousClock.now + .seconds(60)
        let (looks, look) = AsyncStream.makeStream(
            of: Void.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        runtime.observe { _ in look.yield() }
        defer { runtime.observe(nil) }
        for await _ in looks {
            let snapshot = picture(runtime, workload)
            #expect(snapshot.operations.balances)
            if condition(snapshot) { return snapshot }
            try #require(ContinuousClock.now < end, "Waited in vain for \(what): \(snapshot)")
        }
        throw CancellationError()
    }

    /// The screen's caption line has 78 columns at 80x24, and a sentence that is cut off says nothing.
    @Test(arguments: Scenario.all.map(\.name))
    func `the caption fits on a line, also under load`(name: String) async throws {
        let scenario = try #require(Scenario.all.first { $0.name == name })
        var settings = scenario.defaults
        settings.clients = 1
        try await run(scenario, settings) { _, workload in
            for count in [0, 1, 1234] {
                #expect(workload.caption(for: busy(count)).count <= 78)
            }
        }
    }

    /// A picture in which all counts are high.
    private func busy(_ count: Int) -> RuntimeSnapshot {
        var snapshot = RuntimeSnapshot()
        snapshot.operations.inFlight = count
        snapshot.operations.completed = 100 * count
        snapshot.operations.synchronous = 100 * count
        snapshot.operations.cancelled = count
        snapshot.operations.timedOut = count
        snapshot.port.armed = count
        snapshot.port.timers = count
        snapshot.port.queuedPeak = count
        snapshot.workers.existing = count
        snapshot.workers.blocked = count
        snapshot.workers.parked = count
        snapshot.pollers.count = count
        snapshot.pollers.blocked = count
        snapshot.queues.global = count
        snapshot.queues.local = [count]
        snapshot.machines.finished = count
        snapshot.requests.completed = count
        snapshot.requests.perSecond = Double(count)
        snapshot.requests.latencyMicroseconds.p50 = 1000 * count
        snapshot.requests.latencyMicroseconds.max = 1000 * count
        snapshot.process.threads = min(99, count)
        snapshot.detail = RuntimeSnapshot.Detail()
        snapshot.detail?.rates.dequeuedPerSecond = Double(10 * count)
        return snapshot
    }

    /// A click's code and a task that is forgotten sleep on when their scenario is told to end.
    @Test(arguments: ["deadlock", "asyncvoid"])
    func `what nobody awaits has ended when its scenario has`(name: String) async throws {
        let scenario = try #require(Scenario.all.first { $0.name == name })
        var settings = scenario.defaults
        settings.clients = min(1, settings.clients)
        settings.delay = .milliseconds(400)
        try await run(scenario, settings) { runtime, workload in
            _ = try await wait(for: "a sleep that nobody awaits", runtime, workload) {
                $0.operations.inFlight >= 2
            }
        }
    }

    private var fewClients: WorkloadSettings {
        var settings = WorkloadSettings()
        settings.clients = 8
        settings.delay = .milliseconds(5)
        settings.spread = .milliseconds(2)
        return settings
    }

    @Test(arguments: [Placement.worker, .inline])
    func `requests complete and the books balance`(placement: Placement) async throws {
        try await run(.fanout, fewClients, placement: placement) { runtime, workload in
            let snapshot = try await wait(for: "50 requests", runtime, workload) {
                $0.requests.completed >= 50
            }
            #expect(snapshot.requests.failed == 0)
            #expect(snapshot.requests.latencyMicroseconds.p50 >= 3000)
            #expect(snapshot.scenario == "fanout")
            #expect(snapshot.seed == 7)
            let address = try #require(workload.address)
            #expect(snapshot.detail?.address == address.description)
            #expect(snapshot.detail?.settings.clients == 8)
            #expect(snapshot.detail?.settings.clientsMaximum == 480)
            #expect(snapshot.detail?.caption.contains("in flight") == true)
            #expect(snapshot.diagnoses.isEmpty)
        }
    }

    @Test func `clients come and go while it runs`() async throws {
        try await run(.fanout, fewClients) { runtime, workload in
            _ = try await wait(for: "8 clients", runtime, workload) {
                $0.operations.inFlight >= 16
            }
            workload.apply(.setClients(20))
            _ = try await wait(for: "20 clients", runtime, workload) {
                $0.operations.inFlight >= 40
            }
            workload.apply(.setClients(0))
            let quiet = try await wait(for: "no client", runtime, workload) {
                // What stays is the accept.
                $0.operations.inFlight == 1
            }
            #expect(quiet.requests.failed == 0)
            workload.apply(.setClients(3))
            let before = quiet.requests.completed
            _ = try await wait(for: "3 clients", runtime, workload) {
                $0.requests.completed > before + 3
            }
        }
    }

    @Test func `an open loop keeps its rate, and every knob turns`() async throws {
        var settings = fewClients
        settings.ratePerSecond = 400
        try await run(.fanout, settings) { runtime, workload in
            _ = try await wait(for: "100 requests", runtime, workload) {
                $0.requests.completed >= 100
            }
            workload.apply(.setDelay(microseconds: 0, spreadMicroseconds: 0))
            workload.apply(.setProcessorTime(microseconds: 10))
            workload.apply(.setBlocking(percent: 10, microseconds: 100))
            workload.apply(.setReset(percent: 20))
            let snapshot = try await wait(for: "500 requests", runtime, workload) {
                $0.requests.completed >= 500
            }
            #expect(snapshot.requests.failed == 0)
            // Slow machines may fall behind a timetable; none may run ahead of it.
            #expect(snapshot.requests.perSecond < 500)
            let reported = try #require(snapshot.detail?.settings)
            #expect(reported.ratePerSecond == 400)
            #expect(reported.delayMicroseconds == 0)
            #expect(reported.cpuMicroseconds == 10)
            #expect(reported.blockingPercent == 10)
            #expect(reported.blockingMicroseconds == 100)
            #expect(reported.resetPercent == 20)
        }
    }

    @Test func `clients beyond the descriptor limit are cut and the limit is named`() async throws {
        try await run(.fanout, fewClients, descriptorLimit: 100) { runtime, workload in
            workload.apply(.setClients(1000))
            let snapshot = picture(runtime, workload)
            #expect(snapshot.detail?.settings.clients == 18)
            #expect(snapshot.diagnoses.contains { $0.contains("RLIMIT_NOFILE") })
        }
    }

    @Test func `machines that sleep take no thread each`() async throws {
        var settings = WorkloadSettings()
        settings.clients = 2000
        settings.delay = .milliseconds(50)
        settings.spread = .milliseconds(50)
        try await run(.timers, settings) { runtime, workload in
            let snapshot = try await wait(for: "2000 timers", runtime, workload) {
                $0.operations.completed > 4000 && $0.port.timers > 1000
            }
            #expect(snapshot.workers.existing <= 4)
            #expect(snapshot.requests.completed == 0)
            workload.apply(.setClients(10))
            _ = try await wait(for: "10 timers", runtime, workload) {
                $0.operations.inFlight <= 10
            }
        }
    }

    @Test func `in idle nothing is in flight`() async throws {
        try await run(.idle, WorkloadSettings()) { runtime, workload in
            workload.apply(.setClients(5))
            let snapshot = picture(runtime, workload)
            #expect(snapshot.operations == RuntimeSnapshot.Operations())
            #expect(snapshot.detail?.settings.clients == 0)
        }
    }

    @Test func `a port in use is reported`() async throws {
        try await run(.fanout, fewClients) { runtime, workload in
            #expect(throws: OperationError.self) {
                _ = try Workload(
                    .fanout,
                    settings: fewClients,
                    seed: 1,
                    listenOn: workload.address,
                    descriptorLimit: 100,
                    runtime: runtime,
                    preference: runtime.executor
                )
            }
        }
    }
}
