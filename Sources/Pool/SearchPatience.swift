// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Synchronization

/// For how long a worker that ran out of work looks around before it parks.
///
/// A thread that sleeps takes longer to wake than most work takes to come, and waking it costs the
/// bringer of work a system call. A search that was in vain makes the next ones shorter, one that
/// was not makes them longer; so does a sleep so short that a longer search would have spared it.
/// Without that, two threads that hand work to one another and both sleep would never find out that
/// neither need: each always waits for the other's wake-up, which takes longer than a short search.
///
/// The pauses between two looks grow: whoever brings a lot gets ahead, and is not disturbed at every
/// item by somebody who reads what it writes. A long search gives way to any thread that wants the
/// processor.
struct SearchPatience: ~Copyable {
    /// Rounds of a search, each a processor's pause of some 20 ns: up to what a wake-up takes on a
    /// slow machine, and never so short that a change of the load goes unnoticed.
    static let range = 8...1024
    /// A sleep no longer than this, the wake-up included, was not worth it: twice the longest search.
    static let worthwhileSleep = Duration.microseconds(40)
    private static let firstPause = 4
    private static let longestPause = 32
    /// Rounds after which the search offers its processor to others between two looks.
    private static let politeAfter = 128

    private let rounds = Atomic<Int>(128)

    /// Calls `look` again and again; returns whether it said yes in time.
    ///
    /// Made for one thread at a time; two that cross learn a little less.
    func search(_ look: () -> Bool) -> Bool {
        let limit = rounds.load(ordering: .relaxed)
        var pause = SearchPatience.firstPause
        var spent = 0
        while spent < limit {
            if spent < SearchPatience.politeAfter {
                for _ in 0..<pause { CurrentThread.pause() }
            } else {
                // Where nobody wants the processor, it takes about as long as the longest pause.
                CurrentThread.yieldProcessor()
            }
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

    /// A worker that had searched in vain slept so long until it was released.
    func slept(for duration: Duration) {
        guard duration < SearchPatience.worthwhileSleep else { return }
        learn(rounds.load(ordering: .relaxed), wasOfUse: true)
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
