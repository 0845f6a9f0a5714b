// SPDX-License-Identifier: Apache-2.0

public import Synchronization

/// One event: when, what, about whom, and a number.
@usableFromInline
package struct Event: Sendable {
    @usableFromInline package var nanoseconds: UInt64
    @usableFromInline package var kind: UInt64
    @usableFromInline package var subject: UInt64
    @usableFromInline package var argument: Int64

    @inlinable
    package init(nanoseconds: UInt64, kind: UInt64, subject: UInt64, argument: Int64) {
        self.nanoseconds = nanoseconds
        self.kind = kind
        self.subject = subject
        self.argument = argument
    }
}

/// The newest events of one thread, as a flight recorder keeps them: one writer, one reader.
///
/// Old events are overwritten, since whoever looks wants to know what happened last. So the writer
/// never waits, and events are lost only by a reader that is overtaken while it reads, which is
/// counted. How many were written is exact in any case.
// INVARIANT: the records are atomics, written by the writer alone; `next` and `lost` are the
// reader's; the pointer is set in init and freed in deinit.
@usableFromInline @safe package final class EventRing: @unchecked Sendable {
    @usableFromInline static let words = 4

    @usableFromInline let capacity: Int
    @usableFromInline let records: UnsafeMutablePointer<Atomic<UInt64>>
    @usableFromInline let written = Atomic<Int>(0)
    private var next = 0
    /// Events that the reader asked for and that were overwritten before it had read them.
    package private(set) var lost = 0

    /// - Precondition: `capacity` is a power of two, and at least two: one record is being written.
    package init(capacity: Int) {
        precondition(capacity > 1 && capacity & (capacity - 1) == 0)
        self.capacity = capacity
        let count = capacity * EventRing.words
        let raw = UnsafeMutableRawPointer.allocate(byteCount: count * 8, alignment: 128)
        unsafe raw.initializeMemory(as: UInt8.self, repeating: 0, count: count * 8)
        unsafe records = raw.assumingMemoryBound(to: Atomic<UInt64>.self)
    }

    deinit {
        unsafe records.deallocate()
    }

    /// Events written since the start.
    package var total: Int { written.load(ordering: .relaxed) }

    /// Appends, by the writer.
    @inlinable
    @inline(__always)
    package func append(_ event: Event) {
        let number = written.load(ordering: .relaxed)
        let record = unsafe records + (number & (capacity - 1)) * EventRing.words
        // Releasing, each: a reader that acquires one of these words sees that the records before
        // have been counted, and so that this one may be in the place of what it wanted.
        unsafe record[0].store(event.nanoseconds, ordering: .releasing)
        unsafe record[1].store(event.kind, ordering: .releasing)
        unsafe record[2].store(event.subject, ordering: .releasing)
        unsafe record[3].store(UInt64(bitPattern: event.argument), ordering: .releasing)
        // Releasing; pairs with the acquiring load in `read`.
        written.store(number &+ 1, ordering: .releasing)
    }

    /// The event that was written last, or `back` events before it; by the writer.
    package func written(_ back: Int) -> Event? {
        let number = written.load(ordering: .relaxed) - 1 - back
        guard number >= 0, back < capacity else { return nil }
        let record = unsafe records + (number & (capacity - 1)) * EventRing.words
        return unsafe Event(
            nanoseconds: record[0].load(ordering: .relaxed),
            kind: record[1].load(ordering: .relaxed),
            subject: record[2].load(ordering: .relaxed),
            argument: Int64(bitPattern: record[3].load(ordering: .relaxed))
        )
    }

    /// Reads what was written since the last call, oldest first; of more than `limit`, the newest.
    ///
    /// By the reader. A limit well below the capacity leaves the writer room to go on meanwhile.
    package func read(newest limit: Int, _ body: (Event) -> Void) {
        let end = written.load(ordering: .acquiring)
        for number in max(next, end - min(limit, end))..<end {
            let record = unsafe records + (number & (capacity - 1)) * EventRing.words
            // Acquiring, each; pairs with the releasing stores in `append`.
            let event = unsafe Event(
                nanoseconds: record[0].load(ordering: .acquiring),
                kind: record[1].load(ordering: .acquiring),
                subject: record[2].load(ordering: .acquiring),
                argument: Int64(bitPattern: record[3].load(ordering: .acquiring))
            )
            // The record that is next to be written counts as overwritten already.
            if written.load(ordering: .relaxed) - number < capacity {
                body(event)
            } else {
                lost += 1
            }
        }
        next = end
    }
}
