// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Says whether each of many numbered items has run exactly once, in two words.
///
/// The numbers are mixed into 64 bits before they are added up: where an item was lost or ran twice
/// the sum is another one, except by a chance of one in 2^64.
final class Ledger: Sendable {
    private let count = Atomic<Int>(0)
    private let sum = Atomic<UInt64>(0)

    /// How many items have run.
    var ran: Int { count.load(ordering: .acquiring) }

    /// An item runs.
    func note(_ number: Int) {
        sum.wrappingAdd(Ledger.mix(number), ordering: .relaxed)
        // Releasing; pairs with the acquiring load in `ran`.
        count.wrappingAdd(1, ordering: .releasing)
    }

    /// Whether items 0 up to `items` have each run once, after the last has run.
    func isComplete(_ items: Int) -> Bool {
        let expected = (0..<items).reduce(UInt64(0)) { $0 &+ Ledger.mix($1) }
        return ran == items && sum.load(ordering: .relaxed) == expected
    }

    /// The finisher of SplitMix64: each bit of the result depends on all of the number.
    private static func mix(_ number: Int) -> UInt64 {
        var word = UInt64(bitPattern: Int64(number)) &+ 0x9e37_79b9_7f4a_7c15
        word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
        return word ^ word >> 31
    }
}
