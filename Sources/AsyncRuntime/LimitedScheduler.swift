// SPDX-License-Identifier: Apache-2.0

internal import DequeModule
internal import Kernel
internal import Pool

/// Runs continuations on the pool's workers, on at most so many of them at a time.
///
/// A worker that drains the queue is counted; an item that finds the count below the limit sends
/// one more. A drain gives its count back under the lock under which it has found the queue empty,
/// so an item is either seen by a drain that runs or finds room to send one.
final class LimitedScheduler: Sendable {
    private struct State {
        var jobs: Deque<UInt> = []
        var draining = 0
    }

    /// Most workers at a time.
    let limit: Int
    private let state = Lock(State())

    init(limit: Int) {
        self.limit = max(1, limit)
    }

    func post(_ job: UInt, for executor: PoolTaskExecutor) {
        let sends = state.withLock { state -> Bool in
            state.jobs.append(job)
            guard state.draining < limit else { return false }
            state.draining += 1
            return true
        }
        if sends { send(executor) }
    }

    private func send(_ executor: PoolTaskExecutor) {
        executor.pool.enqueueGlobal(WorkItem { [self] in drain(executor) })
    }

    /// On a worker: runs what waits, for a quantum; then goes to the end of the pool's queue.
    private func drain(_ executor: PoolTaskExecutor) {
        let context = executor.contexts.current
        let end = Instant.now.advanced(by: LimitedScheduler.quantum)
        context.scheduler = .limited
        defer { context.scheduler = nil }
        while true {
            let job = state.withLock { state -> UInt? in
                if state.jobs.isEmpty { state.draining -= 1 }
                return state.jobs.popFirst()
            }
            guard let job else { return }
            executor.run(job, on: context)
            if Instant.now >= end { return send(executor) }
        }
    }

    /// As long as a worker runs without a look at the other queues.
    private static let quantum = Duration.milliseconds(30)

    var counts: (queued: Int, draining: Int) {
        state.withLock { ($0.jobs.count, $0.draining) }
    }
}
