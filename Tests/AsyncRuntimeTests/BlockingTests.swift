// SPDX-License-Identifier: Apache-2.0

import Foundation
import Kernel
import Telemetry
import TestSupport
import Testing

@testable import AsyncRuntime

/// Sync over async: threads that are blocked until async code has ended.
@Suite(.timeLimit(.minutes(5)))
struct BlockingTests {
    /// Runs a closure on a worker and returns what it returned.
    private func onWorker<Value: Sendable>(
        _ runtime: Runtime,
        _ body: @escaping @Sendable () -> Value
    ) async -> Value {
        await withCheckedContinuation { done in
            runtime.submit { done.resume(returning: body()) }
        }
    }

    @Test func `the result comes back, however the code begins and is waited for`() async throws {
        try await withRuntime(workers: 3) { runtime in
            let code: @Sendable () async -> Int = {
                try? await runtime.sleep(for: .milliseconds(2))
                return 42
            }
            #expect(await onWorker(runtime) { try? runtime.result(of: code) } == 42)
            #expect(await onWorker(runtime) { try? runtime.resultOfQueued(code) } == 42)
            let polled = await onWorker(runtime) {
                try? runtime.result(of: code, pollingEvery: .milliseconds(1))
            }
            #expect(polled == 42)
            let mine = try await withCheckedThrowingContinuation { done in
                Thread.detachNewThread {
                    done.resume(with: Result { try runtime.result(of: code) })
                }
            }
            #expect(mine == 42, "A foreign thread may wait as well.")
        }
    }

    @Test func `code that never suspends runs on the caller and blocks nobody`() async throws {
        try await withRuntime { runtime in
            let names = await onWorker(runtime) {
                let inner = try? runtime.result { CurrentThread.name }
                return (inner, CurrentThread.name)
            }
            #expect(names.0 == names.1)
        }
    }

    @Test func `a worker that waits is blocked and made up for`() async throws {
        try await withRuntime(workers: 1) { runtime in
            // The inner code's continuation needs a worker while the only one waits for it.
            #expect(
                await onWorker(runtime) {
                    try? runtime.result { try? await runtime.sleep(for: .milliseconds(20)) }
                    return true
                }
            )
            #expect(runtime.snapshot().operations.balances)
        }
    }

    @Test func `a stopping runtime ends every wait`() async throws {
        var configuration = RuntimeConfiguration()
        configuration.workers = 2...2
        let runtime = try Runtime(configuration)
        let ends = Lock<[String]>([])
        for _ in 0..<2 {
            runtime.submit {
                do throws(OperationError) {
                    try runtime.result { try? await runtime.sleep(for: .seconds(3600)) }
                } catch {
                    ends.withLock { $0.append("\(error)") }
                }
            }
        }
        try eventually("both wait") { runtime.snapshot().workers.blocked == 2 }
        #expect(runtime.shutdown(within: .seconds(60)).isEmpty)
        #expect(ends.withLock { $0 } == ["\(OperationError.closed)", "\(OperationError.closed)"])
    }
}
