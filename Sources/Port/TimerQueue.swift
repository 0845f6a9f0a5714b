// SPDX-License-Identifier: Apache-2.0

/// Deadlines of slots, earliest first, with removal by slot: a four-ary heap that knows where each
/// slot stands.
///
/// swift-collections' `Heap` cannot remove what is not at an end; leaving cancelled timers in it
/// until they are due is how timers leak. A pure value.
///
/// - Complexity: `insert` and `remove` O(log n), `earliest` O(1), 16 bytes a timer.
package struct TimerQueue: Sendable {
    private var deadlines: [UInt64] = []
    private var slots: [UInt32] = []
    /// Position in the heap plus one, by slot; 0 for slots that are not in it.
    private var positions: [Int32] = []

    package init() {}

    package var count: Int { deadlines.count }

    /// Timers that there is memory for.
    var capacity: Int { max(deadlines.capacity, slots.capacity) }

    /// The earliest deadline in monotonic nanoseconds; `nil` without timers.
    package var earliest: UInt64? { deadlines.first }

    /// Adds a slot that is not in the queue.
    package mutating func insert(_ slot: UInt32, deadline: UInt64) {
        if positions.count <= Int(slot) {
            let size = max(Int(slot) + 1, positions.count * 2, 64)
            positions.append(contentsOf: repeatElement(0, count: size - positions.count))
        }
        precondition(positions[Int(slot)] == 0, "Slot \(slot) has a timer already.")
        deadlines.append(deadline)
        slots.append(slot)
        positions[Int(slot)] = Int32(slots.count)
        siftUp(slots.count - 1)
    }

    /// Takes a slot out before it is due.
    ///
    /// Returns whether it was there.
    @discardableResult
    package mutating func remove(_ slot: UInt32) -> Bool {
        guard Int(slot) < positions.count, positions[Int(slot)] != 0 else { return false }
        remove(at: Int(positions[Int(slot)]) - 1)
        return true
    }

    /// Takes out the earliest slot if it is due.
    package mutating func popDue(at now: UInt64) -> UInt32? {
        guard let earliest = deadlines.first, earliest <= now else { return nil }
        let slot = slots[0]
        remove(at: 0)
        return slot
    }

    /// Takes out any slot, for closing.
    package mutating func popAny() -> UInt32? {
        guard let slot = slots.last else { return nil }
        remove(at: slots.count - 1)
        return slot
    }

    private mutating func remove(at index: Int) {
        positions[Int(slots[index])] = 0
        let last = slots.count - 1
        if index != last {
            deadlines[index] = deadlines[last]
            slots[index] = slots[last]
            positions[Int(slots[index])] = Int32(index + 1)
        }
        deadlines.removeLast()
        slots.removeLast()
        if index != last {
            siftDown(index)
            siftUp(index)
        }
        // Gives memory back after a peak; the factor keeps it from doing so again and again.
        if slots.capacity > 4096, slots.count < slots.capacity / 8 {
            // Mapped, since an array made from an array shares its memory.
            deadlines = deadlines.map { $0 }
            slots = slots.map { $0 }
        }
    }

    private mutating func siftUp(_ start: Int) {
        var index = start
        let deadline = deadlines[index]
        let slot = slots[index]
        while index > 0 {
            let parent = (index - 1) / 4
            guard deadlines[parent] > deadline else { break }
            move(from: parent, to: index)
            index = parent
        }
        place(slot, deadline, at: index)
    }

    private mutating func siftDown(_ start: Int) {
        var index = start
        let deadline = deadlines[index]
        let slot = slots[index]
        while true {
            let first = index * 4 + 1
            guard first < slots.count else { break }
            var smallest = first
            for child in (first + 1)..<max(min(first + 4, slots.count), first + 1)
            where deadlines[child] < deadlines[smallest] {
                smallest = child
            }
            guard deadlines[smallest] < deadline else { break }
            move(from: smallest, to: index)
            index = smallest
        }
        place(slot, deadline, at: index)
    }

    private mutating func move(from: Int, to: Int) {
        place(slots[from], deadlines[from], at: to)
    }

    private mutating func place(_ slot: UInt32, _ deadline: UInt64, at index: Int) {
        deadlines[index] = deadline
        slots[index] = slot
        positions[Int(slot)] = Int32(index + 1)
    }
}
