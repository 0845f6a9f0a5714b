// SPDX-License-Identifier: Apache-2.0

@testable import AsyncRuntime
import Kernel
import Port
import Synchronization
import Telemetry
import Testing

/// What must not stay behind: slots, contexts, whole runtimes.
@Suite struct LeftoverTests {
    private actor Till {
        private(set) var sum = 0

        func take(_ value: Int, on runtime: Runtime) async throws -> Int {
            try await runtime.sleep(for: .microseconds(50))
            sum += value
            return sum
        }
    }

    @Test func `children of async let that end on an actor give their slots back`() async throws {
        try await withRuntime { runtime in
            let till = Till()
            let parents = (0..<8).map { number in
                spawn(runtime) {
                    for round in 0..<25 {
                        async let one = till.take(number, on: runtime)
                        async let other = till.take(round, on: runtime)
                        _ = try await (one, other)
                    }
                }
            }
            for parent in parents { try await parent.value }
            // Each number 25 times, and each round for each parent.
            #expect(await till.sum == 25 * (0..<8).reduce(0, +) + 8 * (0..<25).reduce(0, +))
            try await eventually("no slot is left but this task's", on: runtime) {
                runtime.snapshot().machines.inFlight == 1
            }
        }
    }

    @Test func `a thread of others is forgotten when it ends`() throws {
        let runtime = try Runtime()
        let before = visitors(runtime)
        let ran = Atomic<Int>(0)
        for _ in 0..<20 {
            let thread = try KernelThread(name: "visitor") {
                runtime.submit { ran.wrappingAdd(1, ordering: .relaxed) }
                _ = runtime.contexts.current
            }
            #expect(thread.join(timeout: .seconds(60)))
        }
        // The sampler's thread, which is no poller and no worker, may have come meanwhile.
        #expect(visitors(runtime) <= before + 1)
        #expect(runtime.shutdown(within: .seconds(60)) == [])
    }

    @Test func `a runtime that was shut down is freed`() throws {
        weak var pool: AnyObject?
        weak var port: AnyObject?
        do {
            let runtime = try Runtime()
            runtime.submit {}
            (pool, port) = (runtime.pool, runtime.port)
            #expect(runtime.shutdown(within: .seconds(60)) == [])
        }
        #expect(pool == nil && port == nil)
    }

    private func visitors(_ runtime: Runtime) -> Int {
        runtime.contexts.lanes.all(takeEnded: false).lanes.count { $0.kind == .other }
    }
}
