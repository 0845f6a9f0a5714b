// SPDX-License-Identifier: Apache-2.0

internal import CLinux

/// World time: the clock that every ``Instant`` is read from, which somebody can hold.
///
/// It stands still while the process is stopped from the keyboard, and while the hops of a runtime
/// are held: nobody waited for an answer meanwhile, no thread was idle, and no timer has become due.
/// There is one for the process, held by its installed runtime. Holding it costs those who read
/// it nothing: its offset is the word that they load in any case.
package enum WorldClock {
    /// How long a sleep is at least while the clock stands, so that nobody spins on a deadline that
    /// does not come nearer.
    package static let nap = Duration.milliseconds(20)

    /// Stops the clock until as many calls of ``release()`` have followed.
    package static func hold() { clinux_hold_clock() }

    /// Takes back one ``hold()``; after the last the clock goes on from where it stands.
    ///
    /// Sequentially consistent, as ``stands`` is: of a thread that announces that it is about to sleep
    /// and then asks, and one that releases and then looks for announcements, one sees the other.
    package static func release() { clinux_release_clock() }

    package static var stands: Bool { clinux_clock_stands() != 0 }

    /// Nanoseconds of `CLOCK_MONOTONIC` itself, which never stands: for those that watch the world.
    package static var realNanoseconds: UInt64 { clinux_real_ns() }

    /// For how long the clock has stood still since the process began.
    package static var stoodStill: Duration {
        let world = Instant.now.nanoseconds
        return .nanoseconds(Int64(clamping: realNanoseconds &- world))
    }

    /// Holds the clock during `body`; returns for how long that was.
    package static func standStill(during body: () -> Void) -> Duration {
        hold()
        let start = realNanoseconds
        body()
        let length = realNanoseconds &- start
        release()
        return .nanoseconds(Int64(clamping: length))
    }

    /// How long to sleep, in real time, before looking at `deadline` again; zero once it has come.
    package static func patience(until deadline: Instant) -> Duration {
        let rest = deadline.duration(since: .now)
        guard rest > .zero, stands else { return rest }
        return max(rest, nap)
    }
}
