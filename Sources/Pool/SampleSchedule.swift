// SPDX-License-Identifier: Apache-2.0

package import Kernel

/// When hill climbing gets its next sample.
///
/// A worker asks ``isDue(at:counts:isBlockingPending:)`` after each item, without a lock; who sees
/// that it is due tries the adjustment lock, and with it calls
/// ``takeSample(at:completions:counts:isBlockingPending:)``. Losers go on working. Where no item
/// ends, nobody asks: a pool that is blocked altogether is the gate thread's to help.
package struct SampleSchedule: Equatable, Sendable {
    private var start: Instant
    private var completionsAtStart: Int
    private var interval: Duration

    package init(start: Instant, interval: Duration, completions: Int = 0) {
        self.start = start
        self.interval = interval
        completionsAtStart = completions
    }

    /// Whether a sample should be taken.
    ///
    /// Not while more work than the goal says, since the pool has yet to follow the last move.
    package func isDue(at now: Instant, counts: ThreadCounts, isBlockingPending: Bool) -> Bool {
        now.duration(since: start) >= interval && counts.processing <= counts.goal
            && !isBlockingPending
    }

    /// The elapsed time and the completions in it; `nil` if somebody else took them just now.
    ///
    /// Looks again at what may have changed before the lock was had. Half the interval is enough.
    package mutating func takeSample(
        at now: Instant,
        completions: Int,
        counts: ThreadCounts,
        isBlockingPending: Bool
    ) -> (elapsed: Duration, completions: Int)? {
        let elapsed = now.duration(since: start)
        guard elapsed >= interval / 2, counts.processing <= counts.goal, !isBlockingPending
        else { return nil }
        defer {
            start = now
            completionsAtStart = completions
        }
        return (elapsed, max(0, completions - completionsAtStart))
    }

    /// Follows what hill climbing answered.
    package mutating func wait(for interval: Duration) {
        self.interval = interval
    }
}
