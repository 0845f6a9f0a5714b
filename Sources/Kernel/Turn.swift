// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Lets one thread at a time do something long, during which it may take locks.
///
/// Not a `Lock`, which is a leaf: whoever has the turn may lock, but whoever holds a lock may not
/// wait for the turn.
package final class Turn: Sendable {
    /// 0 free, 1 taken, 2 taken and somebody waits.
    private let word = Atomic<UInt32>(0)

    package init() {}

    package func take<Result>(_ body: () throws -> Result) rethrows -> Result {
        if !word.compareExchange(expected: 0, desired: 1, ordering: .acquiring).exchanged {
            // Acquiring; pairs with the releasing exchange below.
            while word.exchange(2, ordering: .acquiring) != 0 { Futex.wait(word, while: 2) }
        }
        defer {
            if word.exchange(0, ordering: .releasing) == 2 { Futex.wake(word) }
        }
        return try body()
    }
}
