// SPDX-License-Identifier: Apache-2.0

import Kernel
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import AsyncRuntime

/// Pollers that are held by user code, on real threads.
@Suite(.timeLimit(.minutes(3)))
struct PollerGrowthRunTests {
    @Test func `while user code blocks the only poller, another one is added and serves`()
        async throws
    {
        var configuration = RuntimeConfiguration()
        configuration.pollers = 1...4
        configuration.concurrency = 1
        configuration.placement = .inline
        let runtime = try Runtime(configuration)
        let isOver = Lock(false)
        // In place on the poller: it says that it blocks, and does not come back.
        Task(executorPreference: runtime.executor) {
            // A sleep that was over before the task had suspended leaves it where it is.
            repeat {
                try await runtime.sleep(for: .milliseconds(5))
            } while !CurrentThread.name.hasPrefix("poller-")
            while !isOver.withLock({ $0 }), !runtime.isStopping {
                runtime.block(for: .milliseconds(20))
            }
        }
        try eventually("the poller is blocked") { runtime.snapshot().pollers.blocked == 1 }
        let other = Task(executorPreference: runtime.executor) {
            try await runtime.sleep(for: .milliseconds(5))
        }
        try await other.value
        let snapshot = runtime.snapshot()
        #expect(snapshot.pollers.count >= 2)
        #expect(snapshot.pollers.minimum == 1)
        runtime.sampler.wantsDetail.store(true, ordering: .relaxed)
        let texts = runtime.snapshot().detail?.events.map(\.text) ?? []
        #expect(texts.contains { $0.hasPrefix("poller-2, Starvation") })
        isOver.withLock { $0 = true }
        #expect(runtime.shutdown(within: .seconds(60)).isEmpty)
        #expect(runtime.snapshot().operations.balances)
    }
}
