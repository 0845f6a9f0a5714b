// SPDX-License-Identifier: Apache-2.0

public import CLinux

/// A point of `CLOCK_MONOTONIC`, in one word so that it fits into slots and heaps.
///
/// The clock can be made to stand still, see ``WorldClock``.
@usableFromInline
@frozen package struct Instant: Comparable, Hashable, Sendable {
    /// Nanoseconds since an arbitrary start.
    @usableFromInline package var nanoseconds: UInt64

    @inline(__always)
    @inlinable
    package init(nanoseconds: UInt64) {
        self.nanoseconds = nanoseconds
    }

    /// Later than every other instant.
    package static let distantFuture = Instant(nanoseconds: .max)

    /// About 27 ns through the vDSO.
    @inline(__always)
    @inlinable
    package static var now: Instant {
        Instant(nanoseconds: clinux_monotonic_ns())
    }

    /// As of the kernel's last tick, up to 10 ms ago; about 6 ns.
    package static var coarse: Instant {
        Instant(nanoseconds: clinux_monotonic_coarse_ns())
    }

    @inline(__always)
    @inlinable
    package static func < (a: Instant, b: Instant) -> Bool {
        a.nanoseconds < b.nanoseconds
    }

    /// Saturates at ``distantFuture`` and at the clock's start.
    package func advanced(by duration: Duration) -> Instant {
        let delta = duration.nanosecondsClamped
        if delta < 0 {
            let back = delta.magnitude
            return Instant(nanoseconds: back > nanoseconds ? 0 : nanoseconds - back)
        }
        let (sum, overflow) = nanoseconds.addingReportingOverflow(UInt64(delta))
        return overflow ? .distantFuture : Instant(nanoseconds: sum)
    }

    /// Nanoseconds from `earlier` to here; 0 where `earlier` is later.
    package func nanoseconds(since earlier: Instant) -> UInt64 {
        nanoseconds > earlier.nanoseconds ? nanoseconds - earlier.nanoseconds : 0
    }

    /// Time from `earlier` to here; zero where `earlier` is later.
    package func duration(since earlier: Instant) -> Duration {
        .nanoseconds(Int64(clamping: nanoseconds(since: earlier)))
    }
}

extension Duration {
    /// Whole nanoseconds, saturated to 64 bits (about 292 years).
    package var nanosecondsClamped: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, overflow2) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
        return overflow2 ? (seconds < 0 ? .min : .max) : sum
    }
}
