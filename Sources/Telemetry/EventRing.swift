// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// One event: when, what, about whom, and a number.
package struct Event: Sendable {
    package var nanoseconds: UInt64
    package var kind: UInt64
    package var subject: UInt64
    package var argument: Int64

    package init(nanoseconds: UInt64, kind: UInt64, subject: UInt64, argument: Int64) {
        self.nanoseconds = nanoseconds
        self.kind = kind
        self.subject = subject
        self.argument = argument
    }
}

/// A bounded ring with one writer and one reader. What does not fit is dropped and counted.
// INVARIANT: the writer touches records in [tail, head + capacity), the reader those in
// [head, tail); each side publishes its index with a releasing store that the other acquires.
@safe package final class EventRing: @unchecked Sendable {
    private let capacity: Int
    private let records: UnsafeMutablePointer<Event>
    private let head = Atomic<Int>(0)
    private let tail = Atomic<Int>(0)
    private let droppedCount = Atomic<Int>(0)

    /// - Precondition: `capacity` is a power of two.
    package init(capacity: Int) {
        precondition(capacity > 0 && capacity & (capacity - 1) == 0)
        self.capacity = capacity
        unsafe records = .allocate(capacity: capacity)
    }

    deinit {
        unsafe records.deallocate()
    }

    /// Events that did not fit since the start.
    package var dropped: Int { droppedCount.load(ordering: .relaxed) }

    /// Events written since the start, dropped ones included.
    package var total: Int { tail.load(ordering: .relaxed) &+ dropped }

    /// Appends, by the writer.
    ///
    /// Returns whether there was room.
    @inline(__always)
    @discardableResult
    package func append(_ event: Event) -> Bool {
        let tail = tail.load(ordering: .relaxed)
        // Acquiring; pairs with the releasing store in `drain`.
        guard tail &- head.load(ordering: .acquiring) < capacity else {
            droppedCount.store(droppedCount.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
            return false
        }
        unsafe (records + (tail & (capacity - 1))).initialize(to: event)
        // Releasing; pairs with the acquiring load in `drain`.
        self.tail.store(tail &+ 1, ordering: .releasing)
        return true
    }

    /// Takes everything, by the reader.
    package func drain(_ body: (Event) -> Void) {
        var head = head.load(ordering: .relaxed)
        let tail = tail.load(ordering: .acquiring)
        while head != tail {
            body(unsafe records[head & (capacity - 1)])
            head &+= 1
        }
        self.head.store(head, ordering: .releasing)
    }
}
