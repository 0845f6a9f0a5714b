// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Synchronization

/// Lets the main thread sleep until a number of items has run.
///
/// Each item bumps one shared counter, as in every program that this is compared with.
final class Countdown: Sendable {
    private let done = Atomic(0)
    private let total: Atomic<Int>
    private let parker = Parker()

    init(_ total: Int) {
        self.total = Atomic(total)
    }

    /// Starts anew, while nobody counts.
    func restart(_ total: Int) {
        self.total.store(total, ordering: .relaxed)
        done.store(0, ordering: .releasing)
    }

    /// How many items have run.
    var count: Int { done.load(ordering: .relaxed) }

    /// Counts one item; the last one wakes the main thread.
    @inline(__always)
    func tick() {
        // Acquiring and releasing: whoever is last has seen what the others did, and tells the
        // waiter, for whom `unpark` releases and `park` acquires.
        let count = done.wrappingAdd(1, ordering: .acquiringAndReleasing).newValue
        if count == total.load(ordering: .relaxed) { parker.unpark() }
    }

    /// Sleeps until all have run.
    ///
    /// Only the main thread may call it.
    func wait() {
        while done.load(ordering: .acquiring) < total.load(ordering: .relaxed) { parker.park() }
    }

    /// Sleeps for a while, or until all have run.
    ///
    /// Only the main thread may call it.
    func wait(atMost time: Duration) {
        parker.park(timeout: time)
    }
}
