// SPDX-License-Identifier: Apache-2.0

import Kernel
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import AsyncRuntime

/// Contexts and schedulers on real threads.
@Suite(.timeLimit(.minutes(3)))
struct SchedulerTests {
    /// Names of threads, in the order in which steps ran on them.
    private final class Trace: Sendable {
        private let names = Lock<[String]>([])
        func step() {
            let name = CurrentThread.name
            names.withLock { $0.append(name) }
        }
        var all: [String] { names.withLock { $0 } }
    }

    /// How many are inside at the same time.
    private final class Gauge: Sendable {
        private let now = Atomic(0)
        private let highest = Atomic(0)
        func enter() {
            let inside = now.add(1, ordering: .relaxed).newValue
            highest.max(inside, ordering: .relaxed)
        }
        func leave() { now.subtract(1, ordering: .relaxed) }
        var most: Int { highest.load(ordering: .relaxed) }
    }

    @Test func `what is awaited on the context goes on there, unless it is told not to`()
        async throws
    {
        try await withRuntime { runtime in
            let steps = await withoutRaces(runtime) { await stepsFromContext(runtime) }
            #expect(steps.prefix(3) == ["context-ui", "context-ui", "context-ui"])
            #expect(steps.count == 5)
            #expect(steps.dropFirst(3).allSatisfy { $0.hasPrefix("worker-") })
        }
    }

    private func stepsFromContext(_ runtime: Runtime) async -> [String] {
        let trace = Trace()
        await withCheckedContinuation { done in
            try? runtime.postToContext {
                Task.immediate(executorPreference: runtime.executor) {
                    trace.step()
                    try? await runtime.sleep(for: .milliseconds(2))
                    trace.step()
                    try? await runtime.post(options: .asynchronously)
                    trace.step()
                    try? await runtime.post(options: .anywhere)
                    trace.step()
                    // The pool's thread has no context to capture.
                    try? await runtime.post()
                    trace.step()
                    done.resume()
                }
            }
        }
        return trace.all
    }

    @Test func `who came by the setting leaves with it, who was posted by name stays`()
        async throws
    {
        try await withRuntime { runtime in
            let came = await withoutRaces(runtime) {
                let trace = Trace()
                await Task(executorPreference: runtime.executor) {
                    await stepThroughPlacements(runtime, trace)
                }
                .value
                return trace.all
            }
            #expect(came[..<2] == ["context-ui", "dedicated"])
            #expect(came[2...].allSatisfy { $0.hasPrefix("worker-") })
            let posted = await withoutRaces(runtime) {
                let trace = Trace()
                await withCheckedContinuation { done in
                    try? runtime.postToContext {
                        Task.immediate(executorPreference: runtime.executor) {
                            await stepThroughPlacements(runtime, trace)
                            done.resume()
                        }
                    }
                }
                return trace.all
            }
            #expect(posted == ["context-ui", "context-ui", "context-ui", "context-ui"])
        }
    }

    private func stepThroughPlacements(_ runtime: Runtime, _ trace: Trace) async {
        for placement in [Placement.context, .dedicated, .limited, .worker] {
            runtime.placement = placement
            try? await runtime.sleep(for: .milliseconds(5))
            trace.step()
        }
    }

    @Test func `awaiting a task's value on the context goes on there`() async throws {
        try await withRuntime { runtime in
            let trace = Trace()
            await withCheckedContinuation { done in
                try? runtime.postToContext {
                    Task.immediate(executorPreference: runtime.executor) {
                        try? await runtime.post()
                        let child = Task(executorPreference: runtime.executor) {
                            try? await runtime.sleep(for: .milliseconds(5))
                        }
                        await child.value
                        trace.step()
                        done.resume()
                    }
                }
            }
            #expect(trace.all == ["context-ui"])
        }
    }

    @Test(arguments: [Placement.context, .dedicated])
    func `a placement with a thread of its own runs every continuation there`(
        placement: Placement
    ) async throws {
        try await withRuntime(placement: placement) { runtime in
            let trace = Trace()
            let tasks = (0..<20).map { _ in
                Task(executorPreference: runtime.executor) {
                    try await runtime.sleep(for: .milliseconds(1))
                    trace.step()
                }
            }
            for task in tasks { try await task.value }
            let expected = placement == .context ? "context-ui" : "dedicated"
            // One that was over before its task had suspended goes on where it is.
            let raced = runtime.snapshot().operations.raced
            #expect(trace.all.count == 20)
            #expect(trace.all.count { $0 == expected } >= 20 - raced)
            let rows = runtime.snapshot().schedulers
            #expect(rows.map(\.thread) == [expected])
            #expect(runtime.snapshot().operations.balances)
        }
    }

    @Test func `the limited scheduler never runs more than its limit`() async throws {
        try await withRuntime(workers: 4, placement: .limited) { runtime in
            let limit = runtime.schedulers.limited.limit
            let gauge = Gauge()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<200 {
                    group.addTask {
                        for _ in 0..<10 {
                            try await runtime.post()
                            // One that was complete before it was awaited goes on where it is.
                            guard runtime.currentPlace == "limited" else { continue }
                            gauge.enter()
                            runtime.burn(for: .microseconds(20))
                            gauge.leave()
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect((1...limit).contains(gauge.most))
        }
    }

    @Test func `a result that needs the blocked context is found out, named and cancelled`()
        async throws
    {
        try await withRuntime { runtime in
            let outcome = Lock<String>("")
            try runtime.postToContext {
                do throws(OperationError) {
                    // Long enough to be suspended first, even on a busy machine.
                    _ = try runtime.result { try? await runtime.sleep(for: .milliseconds(500)) }
                    outcome.withLock { $0 = "result" }
                } catch {
                    outcome.withLock { $0 = "\(error)" }
                }
            }
            try await eventually("the deadlock is named", on: runtime) {
                runtime.snapshot().diagnoses.contains {
                    $0.hasPrefix("Deadlock: context-ui -> machine #")
                }
            }
            #expect(runtime.snapshot().schedulers.first?.state == .blocked)
            runtime.cancelSynchronousWaits(onThread: "context-ui")
            try await eventually("the wait has ended", on: runtime) {
                outcome.withLock { $0 } != ""
            }
            #expect(outcome.withLock { $0 } == "\(OperationError.cancelled)")
            try await eventually("no deadlock is left", on: runtime) {
                runtime.snapshot().diagnoses.isEmpty
            }
        }
    }

    @Test func `the same result is had where the continuation may run anywhere`() async throws {
        try await withRuntime { runtime in
            let value = await withCheckedContinuation { done in
                try? runtime.postToContext {
                    let value = try? runtime.result {
                        try? await runtime.sleep(for: .milliseconds(50), options: .anywhere)
                        return 7
                    }
                    done.resume(returning: value)
                }
            }
            #expect(value == 7)
        }
    }

    /// Threads that leave and items that come cross in every way; none is left behind.
    @Test func `no item is left behind when a scheduler's thread leaves`() async throws {
        try await withRuntime { runtime in
            let rounds = 2000
            let ran = Atomic(0)
            try onThreads(3) { thread in
                for round in 0..<rounds {
                    if thread == 0 {
                        // At times it gives up just as the thread is on its way out.
                        let patience = Duration.microseconds(round % 4 * 20)
                        runtime.schedulers.retire(until: Instant.now.advanced(by: patience))
                    } else {
                        try? runtime.postToContext { ran.add(1, ordering: .relaxed) }
                    }
                }
            }
            try await eventually("All items ran.", on: runtime) {
                ran.load(ordering: .relaxed) == 2 * rounds
            }
        }
    }
}
