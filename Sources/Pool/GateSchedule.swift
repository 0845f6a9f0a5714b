// SPDX-License-Identifier: Apache-2.0

internal import Kernel

/// When the gate thread has to look next: at its ticks, and when a delay of cooperative blocking is
/// over.
struct GateSchedule: Equatable, Sendable {
    private(set) var nextTick: Instant
    /// Until when the next blocking adjustment waits; `nil`: none is delayed.
    var delayEnd: Instant?

    /// The thread begins, or was parked: the first tick comes after a whole period.
    init(start: Instant) {
        nextTick = start.advanced(by: StarvationRule.period)
    }

    /// Until when there is nothing to do, unless somebody interrupts.
    var deadline: Instant { min(nextTick, delayEnd ?? nextTick) }

    /// Whether a tick is due; the next one then comes a period after this one.
    mutating func takeTick(at now: Instant) -> Bool {
        guard now >= nextTick else { return false }
        nextTick = now.advanced(by: StarvationRule.period)
        return true
    }
}
