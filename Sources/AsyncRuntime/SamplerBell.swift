// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Synchronization

/// What wakes the sampler before its time: something has happened that is worth a look at once.
final class SamplerBell: Sendable {
    private let parker = Parker()
    private let hasRung = Atomic<Bool>(false)

    /// Asks for a snapshot now; from any thread.
    func ring() {
        // Releasing; pairs with the exchange in `takeRing`.
        hasRung.store(true, ordering: .releasing)
        parker.unpark()
    }

    /// Whether it was rung since this was asked last; the sampler's.
    func takeRing() -> Bool { hasRung.exchange(false, ordering: .acquiring) }

    /// Sleeps for `period`, or until it is rung; the sampler's.
    func wait(for period: Duration) {
        parker.park(realTimeout: period)
    }
}
