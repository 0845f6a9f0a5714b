// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Synchronization

/// For how long a worker that ran out of work looks around before it parks.
///
/// A thread that sleeps takes longer to wake than most work takes to come, and waking it costs the
/// bringer of work a system call. A search that was in vain makes the next ones shorter, one that
/// was not makes them longer. The pauses between two looks grow: whoever brings a lot gets ahead,
/// and is not disturbed at every item by somebody who reads what it writes.
struct SearchPatience: ~Copyable {
    /// Rounds of a search, each a processor's pause of some 20 ns: about as long as a wake-up takes,
    /// and never so short that a change of the load goes unnoticed.
    static let range = 8...128
    private static let firstPause = 4
    private static let longestPause = 32

    private let rounds = Atomic<Int>(SearchPatience.range.upperBound)

    /// Calls `look` again and again; returns whether it said yes in time.
    ///
    /// Made for one thread at a time; two that cross learn a little less.
    func search(_ look: () -> Bool) -> Bool {
        let limit = rounds.load(ordering: .relaxed)
        var pause = SearchPatience.firstPause
        var spent = 0
        while spent < limit {
            for _ in 0..<pause { CurrentThread.pause() }
            spent += pause
            if look() {
                learn(limit, wasOfUse: true)
                return true
            }
            pause = min(2 * pause, SearchPatience.longestPause)
        }
        learn(limit, wasOfUse: false)
        return false
    }

    private func learn(_ limit: Int, wasOfUse: Bool) {
        let range = SearchPatience.range
        let new =
            wasOfUse
            ? min(range.upperBound, 2 * limit)
            : max(range.lowerBound, limit - limit / 8 - 1)
        if new != limit { rounds.store(new, ordering: .relaxed) }
    }
}
