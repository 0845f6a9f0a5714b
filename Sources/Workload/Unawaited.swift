// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Counts what a scenario has started and what none of its tasks awaits.
///
/// A scenario has ended only when that has ended, too: whatever it began is over then, and the next
/// one finds the runtime empty.
final class Unawaited: Sendable {
    private let count = Atomic(0)

    /// One is about to be started.
    func begin() { count.add(1, ordering: .relaxed) }

    /// It has ended.
    ///
    /// Releasing; pairs with the acquiring load in `isEmpty`, after which its traces are looked at.
    func end() { count.subtract(1, ordering: .releasing) }

    var isEmpty: Bool { count.load(ordering: .acquiring) == 0 }
}
