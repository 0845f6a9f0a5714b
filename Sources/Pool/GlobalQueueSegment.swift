// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// One ring of a `GlobalQueue`: bounded, for any number of threads at both ends, without a lock.
///
/// After Vyukov's bounded queue. Each slot has a turn: position `p` may be written when the turn is
/// `p`, and read when it is `p + 1`. Who moves `tail` by compare-exchange owns the slot for
/// writing, who moves `head` owns it for reading; the releasing store of the turn hands the item
/// over. A closed ring takes nothing more; the mark is a bit of `tail`, so that closing and
/// reserving a position exclude each other.
// INVARIANT: an item's words are written by the owner of the position for writing and read by its
// owner for reading; the turn, stored releasing and loaded acquiring, orders the two.
@safe final class GlobalQueueSegment: @unchecked Sendable {
    /// What taking found.
    enum Taken {
        case item(WorkItem)
        /// Every position that was ever reserved has been taken.
        case empty
        /// The next position is reserved, and its item is being written at this moment.
        case busy
    }

    private struct Slot: ~Copyable {
        let turn: Atomic<Int>
        var first: UInt
        var second: UInt
    }

    private struct Position: ~Copyable {
        let value = Atomic<Int>(0)
        /// Keeps head and tail apart: each is written all the time, by other threads.
        let room = InlineArray<15, Int>(repeating: 0)
    }

    private static let closedBit = 1 << 62

    let capacity: Int
    private let slots: UnsafeMutablePointer<Slot>
    private let head = Position()
    private let tail = Position()
    /// The ring that follows this closed one; written once, under the queue's lock.
    private let following = Atomic<UInt>(0)

    init(capacity: Int) {
        // With a single slot "written" and "free for the next round" would be the same turn.
        precondition(capacity > 1 && capacity & (capacity - 1) == 0)
        self.capacity = capacity
        unsafe slots = .allocate(capacity: capacity)
        for index in 0..<capacity {
            unsafe (slots + index).initialize(to: Slot(turn: Atomic(index), first: 0, second: 0))
        }
    }

    deinit {
        unsafe slots.deinitialize(count: capacity)
        unsafe slots.deallocate()
    }

    /// Items in the ring at some recent moment, those being written included.
    var count: Int {
        let tail = tail.value.load(ordering: .sequentiallyConsistent) & ~Self.closedBit
        return max(0, tail - head.value.load(ordering: .relaxed))
    }

    /// Positions that were ever reserved, and how many of them were taken.
    var positions: (appended: Int, taken: Int) {
        let taken = head.value.load(ordering: .relaxed)
        return (tail.value.load(ordering: .relaxed) & ~Self.closedBit, taken)
    }

    /// Appends; returns whether there was room.
    func append(_ item: WorkItem) -> Bool {
        while true {
            let position = tail.value.load(ordering: .relaxed)
            if position & Self.closedBit != 0 { return false }
            let slot = unsafe slots + (position & (capacity - 1))
            let turn = unsafe slot.pointee.turn.load(ordering: .acquiring)
            if turn == position {
                // Sequentially consistent: comes before the appender's look at the request flag.
                let (isMine, _) = tail.value.weakCompareExchange(
                    expected: position,
                    desired: position + 1,
                    ordering: .sequentiallyConsistent
                )
                guard isMine else { continue }
                unsafe slot.pointee.first = item.first
                unsafe slot.pointee.second = item.second
                unsafe slot.pointee.turn.store(position + 1, ordering: .releasing)
                return true
            }
            // The item of one round before is still there: full.
            if turn < position { return false }
        }
    }

    /// Takes the oldest item.
    func take() -> Taken {
        while true {
            let position = head.value.load(ordering: .relaxed)
            let slot = unsafe slots + (position & (capacity - 1))
            let turn = unsafe slot.pointee.turn.load(ordering: .acquiring)
            if turn == position + 1 {
                let (isMine, _) = head.value.weakCompareExchange(
                    expected: position,
                    desired: position + 1,
                    ordering: .relaxed
                )
                guard isMine else { continue }
                let item = unsafe WorkItem(first: slot.pointee.first, second: slot.pointee.second)
                unsafe slot.pointee.turn.store(position + capacity, ordering: .releasing)
                return .item(item)
            }
            guard turn <= position else { continue }
            // Sequentially consistent: comes after the worker's exchange on the request flag.
            let end = tail.value.load(ordering: .sequentiallyConsistent) & ~Self.closedBit
            if end <= position { return .empty }
            // Somebody may have taken it since, and then the head has moved on.
            if head.value.load(ordering: .relaxed) == position { return .busy }
        }
    }

    /// Takes nothing more from here on; `word` names the ring that follows.
    func close(followedBy word: UInt) {
        // The order matters: who sees the mark finds the successor.
        following.store(word, ordering: .releasing)
        tail.value.bitwiseOr(Self.closedBit, ordering: .sequentiallyConsistent)
    }

    /// The word of the successor, once this one is closed; 0 before.
    var next: UInt {
        guard tail.value.load(ordering: .sequentiallyConsistent) & Self.closedBit != 0 else {
            return 0
        }
        return following.load(ordering: .acquiring)
    }
}
