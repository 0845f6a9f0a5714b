// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// The time of the day, for people; everything that is measured uses ``Instant``.
package enum WallClock {
    /// Seconds since 1970 (UTC); corresponds to `clock_gettime(2)` with `CLOCK_REALTIME`.
    package static var unixSeconds: Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// What local time is ahead of UTC now; corresponds to `localtime_r(3)`.
    package static var utcOffsetSeconds: Int {
        var now = time(nil)
        var parts = unsafe tm()
        guard unsafe localtime_r(&now, &parts) != nil else { return 0 }
        return unsafe parts.tm_gmtoff
    }
}
