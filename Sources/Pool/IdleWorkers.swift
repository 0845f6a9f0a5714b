// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Synchronization
internal import Telemetry

/// Where workers wait: a semaphore that releases the one that came last.
///
/// Released newest first, the same few warm threads do the work, and the cold ones time out. A
/// worker that comes here has looked around for long enough (`SearchPatience`) and sleeps at once.
///
/// | releaser                                | worker                                         |
/// |-----------------------------------------|------------------------------------------------|
/// | count it in (`ThreadCounts`)            | count itself out                               |
/// | lock: pop the newest waiter; none: one  | lock: take a pending release; none: push       |
/// |       release more is pending           |       itself                                   |
/// | unpark it                               | park until popped                              |
/// |                                         | timed out: lock: still on the stack? off it    |
///
/// A worker that is popped after its timeout, but before it took the lock, finds itself off the
/// stack and takes the token that is on its way.
final class IdleWorkers: Sendable {
    private struct State {
        var stack: [Worker] = []
        var pendingReleases = 0
        var isClosed = false
    }

    private let state = Lock(State())

    var count: Int { state.withLock { $0.stack.count } }

    /// Lets one worker go, the newest.
    func release() {
        let worker = state.withLock { state -> Worker? in
            if let worker = state.stack.popLast() { return worker }
            state.pendingReleases += 1
            return nil
        }
        worker?.parker.unpark()
    }

    /// Wakes all that wait without a release: they come back, and wait by the time-out of then.
    func recall() {
        let workers = state.withLock { state -> [Worker] in
            for worker in state.stack { worker.isRecalled.store(true, ordering: .relaxed) }
            defer { state.stack = [] }
            return state.stack
        }
        // In the order of the stack, so that the newest is likely to become the newest again.
        for worker in workers { worker.parker.unpark() }
    }

    /// Releases all that wait or will wait, for good.
    func close() {
        let workers = state.withLock { state -> [Worker] in
            state.isClosed = true
            defer { state.stack = [] }
            return state.stack
        }
        for worker in workers { worker.parker.unpark() }
    }

    /// Waits for a release.
    ///
    /// Returns whether there was one within `timeout`.
    func wait(_ worker: Worker, timeout: Duration) -> Bool {
        let isReleased = state.withLock { state -> Bool in
            if state.isClosed { return true }
            if state.pendingReleases > 0 {
                state.pendingReleases -= 1
                return true
            }
            state.stack.append(worker)
            return false
        }
        if isReleased { return true }
        worker.setState(.parked, at: .now)
        worker.lane.advance(.waits)
        if worker.parker.park(timeout: timeout) { return true }
        let isOff = state.withLock { state -> Bool in
            guard let index = state.stack.lastIndex(where: { $0 === worker }) else { return false }
            state.stack.remove(at: index)
            return true
        }
        if isOff { return false }
        worker.parker.park()
        return true
    }
}
