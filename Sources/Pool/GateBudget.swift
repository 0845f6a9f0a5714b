// SPDX-License-Identifier: Apache-2.0

/// How many quiet ticks the gate thread still makes before it parks.
///
/// Who sets the request flag, or leaves a blocking adjustment pending, calls ``wake()`` and unparks
/// the thread where that says so. In the pool this value lives in one word, changed by exchange.
package struct GateBudget: Equatable, Sendable {
    /// As in .NET.
    package static let quietTicks = 2

    package private(set) var remaining = 0

    package init() {}

    /// Returns whether the thread is parked and has to be woken.
    package mutating func wake() -> Bool {
        defer { remaining = GateBudget.quietTicks }
        return remaining == 0
    }

    /// Ends a tick.
    ///
    /// Returns whether the thread parks now.
    package mutating func endTick(isRequested: Bool, isBlockingPending: Bool) -> Bool {
        guard !isRequested, !isBlockingPending else { return false }
        remaining = max(0, remaining - 1)
        return remaining == 0
    }
}
