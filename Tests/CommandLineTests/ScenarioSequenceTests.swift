// SPDX-License-Identifier: Apache-2.0

import AsyncRuntime
import Telemetry
import TestSupport
import Testing
import Workload

@testable import pooltop

/// From one scenario to another on a runtime that stays.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct ScenarioSequenceTests {
    @Test(arguments: ["fanout", "starvation", "deadlock", "timers", "placement", "lifo", "gosse"])
    func `all of the old scenario completes, and the next one is as if started alone`(
        name: String
    ) async throws {
        let plan = ScenarioSequence.Plan(try #require(Scenario.named(name)))
        let runtime = try Runtime(plan.configuration)
        defer { runtime.shutdown() }
        let executor = runtime.executor
        let sequence = try ScenarioSequence(plan, seed: 7, on: runtime, preference: executor)
        defer { sequence.workload.stop() }
        // `gosse` has no operations: its tasks come by themselves.
        _ = try await wait(runtime, sequence) { snapshot in
            snapshot.machines.started > 0
                && (name == "gosse" || snapshot.port.waitMicroseconds != nil)
        }
        // Something that the next scenario does not ask for.
        for command in [
            RuntimeCommand.setWorkerMinimum(7), .setPlacement("context"), .setHillClimbing(false),
            .setPollerMinimum(5), .setConcurrency(5),
        ] { _ = try runtime.apply(command) }
        sequence.start("timers")
        sequence.start("idle")
        var sentences: [String] = []
        let last = try await wait(runtime, sequence) { snapshot in
            if let sentence = sequence.proceed(snapshot) { sentences.append(sentence) }
            // What the functions of the old one did counts for a second more.
            return snapshot.detail?.scenario.run == 2 && snapshot.detail?.functions.isEmpty == true
        }
        #expect(sentences == [])
        #expect(last.scenario == "idle")
        #expect(last.operations.balances)
        let fresh = ScenarioSequence.Plan(.idle).configuration
        #expect(last.workers.minimum == fresh.workers.lowerBound)
        #expect(last.workers.maximum == fresh.workers.upperBound)
        #expect(last.workers.existing <= fresh.workers.lowerBound)
        #expect(last.pollers.minimum == fresh.pollers.lowerBound)
        #expect(last.port.concurrency == fresh.concurrency)
        #expect(last.placement == fresh.placement.rawValue)
        // Nothing waits in `idle`, and what waited before it is not its own.
        #expect(last.port.waitMicroseconds == nil)
        #expect(last.detail?.packets.isEmpty == true)
        #expect(!last.schedulers.contains { $0.thread == "context-ui" })
    }

    @Test func `the scenario of the command line starts anew as it was started`() async throws {
        var plan = ScenarioSequence.Plan(.fanout)
        plan.settings.clients = 3
        plan.configuration.workers = 1...2
        let runtime = try Runtime(plan.configuration)
        defer { runtime.shutdown() }
        let executor = runtime.executor
        let sequence = try ScenarioSequence(plan, seed: 7, on: runtime, preference: executor)
        defer { sequence.workload.stop() }
        _ = try runtime.apply(.setWorkerMaximum(9))
        sequence.start("fanout")
        let last = try await wait(runtime, sequence) { snapshot in
            _ = sequence.proceed(snapshot)
            return snapshot.detail?.scenario.run == 2 && snapshot.requests.completed > 0
        }
        #expect(last.workers.maximum == 2)
        #expect(sequence.workload.settings.clients == 3)
    }

    /// Looks at each of the sampler's snapshots until the picture is as wished.
    private func wait(
        _ runtime: Runtime,
        _ sequence: ScenarioSequence,
        until condition: (RuntimeSnapshot) -> Bool
    ) async throws -> RuntimeSnapshot {
        let end = ContinuousClock.now + .seconds(40)
        let (looks, look) = AsyncStream.makeStream(
            of: Void.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        runtime.observe { _ in look.yield() }
        defer { runtime.observe(nil) }
        for await _ in looks {
            var snapshot = runtime.snapshot()
            if snapshot.detail == nil { snapshot.detail = RuntimeSnapshot.Detail() }
            sequence.fill(&snapshot, over: .wholeRun)
            if condition(snapshot) { return snapshot }
            try #require(ContinuousClock.now < end, "waited in vain: \(snapshot)")
        }
        throw CancellationError()
    }
}
