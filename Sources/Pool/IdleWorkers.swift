// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Synchronization

/// Where workers wait: a semaphore that releases the one that came last.
///
/// Released newest first, the same few warm threads do the work, and the cold ones time out. The
/// first to come does not sleep at once: it spins for a microsecond or two, since a thread that
/// sleeps takes longer to wake than most work takes to come. One spins at a time, and for less and
/// less when it was in vain.
///
/// | releaser                                | worker                                         |
/// |-----------------------------------------|------------------------------------------------|
/// | count it in (`ThreadCounts`)            | count itself out                               |
/// | lock: a spinner without a release?      | lock: take a pending release; or become the    |
/// |       leave it one; else pop the newest |       spinner; or push itself                  |
/// |       waiter; else leave one pending    | spin until there is one, or long enough        |
/// | signal the spinner, or unpark           | lock: no spinner any more; take a pending      |
/// |                                         |       release, or push itself                  |
/// |                                         | park until popped                              |
/// |                                         | timed out: lock: still on the stack? off it    |
///
/// A spinner looks for a pending release under the lock before it sleeps, so one that was left for
/// it is not lost, however late. A worker that is popped after its timeout, but before it took the
/// lock, finds itself off the stack and takes the token that is on its way.
final class IdleWorkers: Sendable {
    private struct State {
        var stack: [Worker] = []
        var pendingReleases = 0
        var hasSpinner = false
        var isClosed = false
    }

    /// What a worker that came to wait does.
    private enum Step { case go, spin, park }

    private let state = Lock(State())
    /// Tells the spinner that a release was left for it.
    private let signal = Atomic<Bool>(false)
    private let patience: Atomic<Int>

    /// Rounds of a spin, each a processor's pause of some 20 ns: about as long as a wake-up takes,
    /// and never so short that a change of the load goes unnoticed.
    static let patienceRange = 8...128

    /// - Parameter spins: whether workers spin before they sleep.
    init(spins: Bool = true) {
        patience = Atomic(spins ? IdleWorkers.patienceRange.upperBound : 0)
    }

    var count: Int { state.withLock { $0.stack.count } }

    /// Lets one worker go, the newest.
    func release() {
        let worker = state.withLock { state -> Worker? in
            if state.hasSpinner, state.pendingReleases == 0 {
                state.pendingReleases = 1
                signal.store(true, ordering: .releasing)
                return nil
            }
            if let worker = state.stack.popLast() { return worker }
            state.pendingReleases += 1
            return nil
        }
        worker?.parker.unpark()
    }

    /// Releases all that wait or will wait, for good.
    func close() {
        let workers = state.withLock { state -> [Worker] in
            state.isClosed = true
            signal.store(true, ordering: .releasing)
            defer { state.stack = [] }
            return state.stack
        }
        for worker in workers { worker.parker.unpark() }
    }

    /// Waits for a release.
    ///
    /// Returns whether there was one within `timeout`.
    func wait(_ worker: Worker, timeout: Duration) -> Bool {
        let rounds = patience.load(ordering: .relaxed)
        var step = state.withLock { state in
            next(worker, maySpin: rounds > 0 && !state.hasSpinner, &state)
        }
        if case .spin = step {
            worker.setState(.spinning, at: .now)
            let isSignalled = spin(rounds)
            learn(rounds, isSignalled)
            step = state.withLock { state in
                state.hasSpinner = false
                signal.store(state.isClosed, ordering: .relaxed)
                return next(worker, maySpin: false, &state)
            }
        }
        guard case .park = step else { return true }
        worker.setState(.parked, at: .now)
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

    /// Under the lock.
    private func next(_ worker: Worker, maySpin: Bool, _ state: inout State) -> Step {
        if state.isClosed { return .go }
        if state.pendingReleases > 0 {
            state.pendingReleases -= 1
            return .go
        }
        if maySpin {
            state.hasSpinner = true
            return .spin
        }
        state.stack.append(worker)
        return .park
    }

    private func spin(_ rounds: Int) -> Bool {
        for _ in 0..<rounds {
            // Acquiring is not needed for the work itself, which is looked for afterwards.
            if signal.load(ordering: .relaxed) { return true }
            CurrentThread.pause()
        }
        return false
    }

    /// A spin that was in vain makes the next ones shorter, one that was not makes them longer.
    private func learn(_ rounds: Int, _ wasOfUse: Bool) {
        let range = IdleWorkers.patienceRange
        let new =
            wasOfUse
            ? min(range.upperBound, 2 * rounds) : max(range.lowerBound, rounds - rounds / 8 - 1)
        // One spinner at a time writes it.
        if new != rounds { patience.store(new, ordering: .relaxed) }
    }
}
