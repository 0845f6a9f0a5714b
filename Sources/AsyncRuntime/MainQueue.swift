// SPDX-License-Identifier: Apache-2.0

@_spi(ExperimentalCustomExecutors) internal import _Concurrency
internal import Kernel

/// Jobs of the main actor, drained by the process's main loop.
final class MainQueue: MainExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var notify: (@Sendable () -> Void)?
        var isStopped = false
    }

    private let state = Lock(State())
    private let parker = Parker()
    /// Knows the machines: one that runs on the main thread is a machine like any other.
    private let executor: PoolTaskExecutor

    init(executor: PoolTaskExecutor) {
        self.executor = executor
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = executor.accept(job)
        let notify = state.withLock { state in
            state.jobs.append(job)
            return state.notify
        }
        parker.unpark()
        notify?()
    }

    /// What is called, on any thread, when a job has come.
    func setNotify(_ notify: (@Sendable () -> Void)?) {
        state.withLock { $0.notify = notify }
    }

    /// Runs what waits.
    ///
    /// On the main thread.
    func drain() {
        while true {
            let jobs = state.withLock { state in
                defer { state.jobs = [] }
                return state.jobs
            }
            if jobs.isEmpty { return }
            for job in jobs {
                executor.run(job, on: executor.contexts.current) { job in
                    unsafe job.runSynchronously(on: asUnownedSerialExecutor())
                }
            }
        }
    }

    func run() throws { try runUntil { false } }

    func runUntil(_ condition: () -> Bool) throws {
        while !condition(), !state.withLock({ $0.isStopped }) {
            drain()
            // Bounded, since the condition may become true without a job.
            parker.park(timeout: .milliseconds(5))
        }
    }

    func stop() {
        state.withLock { $0.isStopped = true }
        parker.unpark()
    }

    func checkIsolated() {
        precondition(isMainThread, "This is not the main thread.")
    }

    func isIsolatingCurrentContext() -> Bool? { isMainThread }

    private var isMainThread: Bool { CurrentThread.isMain }

    var isMainExecutor: Bool { true }
}
