// SPDX-License-Identifier: Apache-2.0

/// How many pollers there should be: a pure value, asked twice a second.
///
/// The rule is that of .NET's completion port threads before they became part of the pool: when user
/// code holds every one of them and completions wait, one more is added at each look; one that has
/// had nothing to do for long leaves, down to the minimum.
package struct PollerGrowth: Sendable {
    /// What there is to see at one moment.
    package struct Look: Sendable {
        package var nanoseconds: UInt64
        /// Pollers that exist or are being started, those that leave not included.
        package var count: Int
        /// Of them, those that run user code or are blocked in it.
        package var held: Int
        /// Of the held ones, those that have not said that they block: they use up the concurrency
        /// value, and a further poller could not run beside them.
        package var running: Int
        package var concurrency: Int
        /// Packets that all pollers have taken so far.
        package var taken: Int
        /// Whether packets wait, sockets are ready or timers are due.
        package var hasWork: Bool
        /// For how long the poller that has waited longest has waited, in nanoseconds.
        package var longestWait: UInt64

        package init(
            nanoseconds: UInt64,
            count: Int,
            held: Int,
            running: Int,
            concurrency: Int,
            taken: Int,
            hasWork: Bool,
            longestWait: UInt64
        ) {
            self.nanoseconds = nanoseconds
            self.count = count
            self.held = held
            self.running = running
            self.concurrency = concurrency
            self.taken = taken
            self.hasWork = hasWork
            self.longestWait = longestWait
        }
    }

    package enum Step: Equatable, Sendable {
        case none
        /// One more: user code holds all there are.
        case grow
        /// The one that has waited longest is to leave.
        case shrink
    }

    /// All pollers have to be held for this long, without a packet taken.
    package static let patience: UInt64 = 500_000_000
    /// As long as a worker may be idle, too.
    package static let idleTimeout: UInt64 = 20_000_000_000

    private var heldSince: UInt64?
    private var takenThen = 0

    package init() {}

    /// What is to be done, given the limits.
    package mutating func step(_ look: Look, minimum: Int, maximum: Int) -> Step {
        if look.count > minimum, look.longestWait >= PollerGrowth.idleTimeout {
            heldSince = nil
            return .shrink
        }
        let isStarving =
            look.count > 0 && look.held >= look.count && look.hasWork
            && look.running < look.concurrency
        guard isStarving, let since = heldSince, look.taken == takenThen else {
            heldSince = isStarving ? look.nanoseconds : nil
            takenThen = look.taken
            return .none
        }
        // A little less than the period of the looks, which are never exactly on time.
        guard look.nanoseconds - since >= PollerGrowth.patience * 9 / 10, look.count < maximum
        else { return .none }
        heldSince = look.nanoseconds
        return .grow
    }
}
