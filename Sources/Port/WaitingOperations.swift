// SPDX-License-Identifier: Apache-2.0

internal import DequeModule

/// The operations that wait for one direction of a descriptor, by slot, oldest first.
///
/// Nearly always none or one. That one is kept in place, so that a connection which waits for its
/// next request owns no memory beyond its registration; a queue is made when a second one comes.
package struct WaitingOperations: Sendable {
    /// The oldest; 0, which names no slot, where nothing waits.
    private var head: UInt32 = 0
    /// Those behind the head; `nil` as long as there have never been two.
    private var others: Deque<UInt32>?

    package init() {}

    package var isEmpty: Bool { head == 0 }

    package var first: UInt32? { head == 0 ? nil : head }

    mutating func append(_ slot: UInt32) {
        if head == 0 {
            head = slot
        } else if others == nil {
            others = [slot]
        } else {
            others?.append(slot)
        }
    }

    mutating func prepend(_ slot: UInt32) {
        if head != 0 {
            if others == nil { others = [head] } else { others?.prepend(head) }
        }
        head = slot
    }

    mutating func removeFirst() {
        precondition(head != 0)
        head = others?.popFirst() ?? 0
    }

    /// Removes `slot`; returns whether it was there.
    mutating func remove(_ slot: UInt32) -> Bool {
        if slot == head, slot != 0 {
            removeFirst()
            return true
        }
        guard let index = others?.firstIndex(of: slot) else { return false }
        others?.remove(at: index)
        return true
    }

    /// Removes and returns all, or all but the oldest, in their order.
    mutating func removeAll(keepingFirst: Bool) -> [UInt32] {
        var removed: [UInt32] = []
        if head != 0, !keepingFirst {
            removed.append(head)
            head = 0
        }
        if let slots = others {
            removed.append(contentsOf: slots)
            others = nil
        }
        return removed
    }
}
