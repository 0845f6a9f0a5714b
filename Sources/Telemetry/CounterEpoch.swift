// SPDX-License-Identifier: Apache-2.0

public import Synchronization

/// Which of its two banks a thread counts into: the epoch's parity.
///
/// A snapshot must be a consistent cut: an operation whose outcome it contains must be contained as
/// submitted too. So counters are not read while they are written. Time is cut into epochs; what is
/// counted in one epoch goes into one bank of each thread, and only the bank of a closed epoch is
/// read.
///
/// | counting thread (`ThreadLane.open`)   | sampler (`close`)                          |
/// |---------------------------------------|--------------------------------------------|
/// | active := 1            (seq. cst.)    | epoch := e + 1               (seq. cst.)   |
/// | e := epoch             (seq. cst.)    | for each lane: wait while active is 1      |
/// | count into bank e mod 2               | read and clear bank e mod 2 of every lane  |
/// | active := 0            (releasing)    |                                            |
///
/// The left column's store and load and the right column's are all sequentially consistent: either
/// the thread reads the new epoch, or the sampler reads `active` and waits until the thread has
/// counted. Causality: who learns of an operation from another thread reads an epoch not older than
/// that thread did, so outcomes never fall into an earlier epoch than the submission.
@usableFromInline
package final class CounterEpoch: Sendable {
    @usableFromInline let number = Atomic<UInt64>(0)

    package init() {}

    /// The current epoch.
    @inline(__always)
    @inlinable
    package var current: UInt64 { number.load(ordering: .sequentiallyConsistent) }

    /// Ends the current epoch and returns its number.
    ///
    /// One thread at a time (the sampler) may call.
    package func advance() -> UInt64 {
        let closing = number.load(ordering: .relaxed)
        number.store(closing + 1, ordering: .sequentiallyConsistent)
        return closing
    }
}
