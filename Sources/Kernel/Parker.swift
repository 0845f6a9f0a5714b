// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// One thread's place to sleep: a token that `unpark` leaves and `park` takes.
///
/// | unparker                      | parker                               |
/// |-------------------------------|--------------------------------------|
/// | make the reason visible       | look for a reason, find none         |
/// | token: empty or asleep → set  | token: empty → asleep                |
/// | was asleep: futex wake        | futex wait while asleep; look again  |
///
/// A token set before the parker sleeps makes its exchange fail, so a wake is never lost; a second
/// one merges into the first. `park` may be called by one thread only.
package struct Parker: ~Copyable, Sendable {
    private static let empty: UInt32 = 0
    private static let set: UInt32 = 1
    private static let asleep: UInt32 = 2

    private let token = Atomic<UInt32>(Parker.empty)

    package init() {}

    /// Sleeps until there is a token, or for `timeout` of world time, and takes the token.
    ///
    /// Returns whether there was one.
    @discardableResult
    package borrowing func park(timeout: Duration? = nil) -> Bool {
        guard let timeout else { return park { nil } }
        let deadline = Instant.now.advanced(by: timeout)
        return park { WorldClock.patience(until: deadline) }
    }

    /// As ``park(timeout:)``, by the clock that never stands still.
    @discardableResult
    package borrowing func park(realTimeout: Duration) -> Bool {
        let deadline = Instant(nanoseconds: WorldClock.realNanoseconds).advanced(by: realTimeout)
        return park { deadline.duration(since: Instant(nanoseconds: WorldClock.realNanoseconds)) }
    }

    private borrowing func park(_ remaining: () -> Duration?) -> Bool {
        if take() { return true }
        while true {
            let (exchanged, original) = token.compareExchange(
                expected: Parker.empty,
                desired: Parker.asleep,
                ordering: .acquiring
            )
            if !exchanged && original == Parker.set { return take() }
            let remaining = remaining()
            // Leaves `asleep`; an unpark that came in between has left a token to take.
            if let remaining, remaining <= .zero { return take() }
            Futex.wait(token, while: Parker.asleep, timeout: remaining)
            if token.load(ordering: .relaxed) == Parker.set { return take() }
        }
    }

    /// Pauses of a look around, each of some 20 ns: about what falling asleep and waking take.
    private static let roundsOfLook = 512

    /// Looks for a few microseconds whether a token comes, and leaves it.
    ///
    /// For one who is likely to be unparked sooner than a thread falls asleep and wakes. Only the
    /// parker may call it. Returns whether there is a token.
    package borrowing func lookAround() -> Bool {
        for _ in 0..<Parker.roundsOfLook {
            // Relaxed: `park` takes the token, and acquires.
            if token.load(ordering: .relaxed) == Parker.set { return true }
            CurrentThread.pause()
        }
        return false
    }

    /// Takes the token, if there is one.
    ///
    /// By an exchange, not a store: the caller looks for its reason next, and that look may overtake
    /// a store. An unpark in between would merge into the old token and be erased with it, unseen.
    private borrowing func take() -> Bool {
        // Acquiring; pairs with the releasing exchange in `unpark`.
        token.exchange(Parker.empty, ordering: .acquiring) == Parker.set
    }

    /// Leaves a token and wakes the parker if it sleeps.
    ///
    /// Callable from any thread.
    package borrowing func unpark() {
        // Releasing; pairs with the acquiring operations in `park`.
        if token.exchange(Parker.set, ordering: .acquiringAndReleasing) == Parker.asleep {
            Futex.wake(token)
        }
    }
}
