// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Synchronization
internal import Telemetry

/// Keys that are numbered at first sight; the numbers are rows of the tallies.
///
/// Looking up a known key takes no lock. Keys are known by 48 bits of their hash: of the few hundred
/// that there is room for, two agree in them once in a million million runs.
final class RowTable<Key: Sendable>: Sendable {
    /// Twice as many as there are rows, so that the search for a key is short.
    private static var slotCount: Int { 512 }

    /// The upper 48 bits of the hash, and the row; 0 for a free slot.
    private let slots = InlineArray<512, Atomic<UInt64>> { _ in Atomic<UInt64>(0) }
    private let keys: Lock<Keys>

    private struct Keys {
        var all: [Key]
        /// Slots that are taken.
        var taken = 0
        /// Keys without a row of their own, as far as they are remembered.
        var late = 0
    }

    /// Row 0 stands for `nothing`; the last is shared by all keys that come too late.
    init(nothing: Key) {
        precondition(RowTable.slotCount == 2 * Tally.rows)
        keys = Lock(Keys(all: [nothing]))
    }

    /// The keys by row.
    var all: [Key] { keys.withLock { $0.all } }
    /// Keys that share the last row, having come too late; at least so many, since only about two
    /// hundred of them are told apart.
    var lateCount: Int { keys.withLock { $0.late } }
    /// Rows of the tallies that are in use.
    var count: Int {
        keys.withLock { $0.all.count == Tally.rows - 1 ? Tally.rows : $0.all.count }
    }

    /// The row of a key, given its hash.
    @inline(__always)
    func row(hash: UInt64, key: () -> Key) -> Int {
        let mark = hash & ~0xffff
        var index = Int(truncatingIfNeeded: hash >> 48) & (RowTable.slotCount - 1)
        while true {
            // Acquiring; pairs with the releasing store in `insert`.
            let word = slots[index].load(ordering: .acquiring)
            if word & ~0xffff == mark, word != 0 { return Int(word & 0xffff) }
            if word == 0 { return insert(mark, from: index, key()) }
            index = (index + 1) & (RowTable.slotCount - 1)
        }
    }

    private func insert(_ mark: UInt64, from start: Int, _ key: Key) -> Int {
        keys.withLock { keys in
            var index = start
            while true {
                let word = slots[index].load(ordering: .acquiring)
                if word & ~0xffff == mark, word != 0 { return Int(word & 0xffff) }
                if word == 0 { break }
                index = (index + 1) & (RowTable.slotCount - 1)
            }
            var row = Tally.rows - 1
            if keys.all.count < row {
                row = keys.all.count
                keys.all.append(key)
            }
            let isLate = row == Tally.rows - 1
            // A search needs a free slot to end at; what finds none is looked up under the lock.
            if keys.taken < RowTable.slotCount * 7 / 8 {
                keys.taken += 1
                if isLate { keys.late += 1 }
                slots[index].store(mark | UInt64(row), ordering: .releasing)
            }
            return row
        }
    }
}
