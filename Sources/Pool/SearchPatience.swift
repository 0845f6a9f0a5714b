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
/// processor; and where one does, long searches are no good, however soon work comes: they take their
/// time from those who bring it. So they are given up for a while then.
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
    /// What an offer takes at most, in nanoseconds, if nobody accepts it.
    private static let vainOffer: UInt64 = 4000
    /// For how long searches stay short where somebody did, in nanoseconds.
    static let truce: UInt64 = 4_000_000

    private let rounds = Atomic<Int>(128)
    /// Until when searches stay short.
    private let shortUntil = Atomic<UInt64>(0)

    /// Calls `look` again and again; returns whether it said yes in time.
    ///
    /// `offer` offers the processor to others and returns when they were done with it; `nil` if nobody
    /// wanted it. Made for one thread at a time; two that cross learn a little less.
    @inline(__always)
    func search(_ look: () -> Bool, offer: () -> UInt64? = SearchPatience.offerProcessor) -> Bool {
        let limit = rounds.load(ordering: .relaxed)
        var pause = SearchPatience.firstPause
        var spent = 0
        while spent < limit {
            if spent < SearchPatience.politeAfter {
                for _ in 0..<pause { CurrentThread.pause() }
            } else {
                // Where nobody wants the processor, it takes about as long as the longest pause.
                if let now = offer() {
                    giveUp(at: now)
                    return look()
                }
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

    /// Offers the processor; returns the time, in nanoseconds, if another thread took it meanwhile.
    static func offerProcessor() -> UInt64? {
        let start = Instant.now.nanoseconds
        CurrentThread.yieldProcessor()
        let now = Instant.now.nanoseconds
        return now &- min(start, now) > vainOffer ? now : nil
    }

    /// Somebody wants the processor: searches stay so short for a while that they offer nothing.
    func giveUp(at now: UInt64) {
        rounds.store(SearchPatience.politeAfter / 2, ordering: .relaxed)
        shortUntil.store(now + SearchPatience.truce, ordering: .relaxed)
    }

    private func learn(_ limit: Int, wasOfUse: Bool) {
        let range = SearchPatience.range
        var new =
            wasOfUse
            ? min(range.upperBound, 2 * limit)
            : max(range.lowerBound, limit - limit / 8 - 1)
        if new > SearchPatience.politeAfter,
            Instant.now.nanoseconds < shortUntil.load(ordering: .relaxed)
        {
            new = SearchPatience.politeAfter
        }
        if new != limit { rounds.store(new, ordering: .relaxed) }
    }
}
