// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Synchronization

/// A queue that all threads share, first in, first out, without a lock on the way.
///
/// A chain of rings, as .NET's ConcurrentQueue: items are appended to the last and taken from the
/// first. A ring that is full is closed, and one of twice its size follows, so that a queue that was
/// once long goes on in a single ring; the small ones before it stay until the queue ends, since a
/// thread may still look at them. Together they are not larger than the last one.
///
/// An item counts from the moment that its position is reserved. A worker that finds a reserved
/// position whose item is being written waits for it, so that what was appended before the worker
/// looked is never missed; see `WorkerPool`.
///
/// - Complexity: O(1), `append` amortised.
// INVARIANT: `first` and `last` name rings in `rings`, which only grows, under the lock, and lives as
// long as the queue.
@safe final class GlobalQueue: @unchecked Sendable {
    /// As many slots as .NET's first segment.
    private static let firstCapacity = 32

    private let rings: Lock<[GlobalQueueSegment]>
    private let first: Atomic<UInt>
    private let last: Atomic<UInt>

    init(capacity: Int = GlobalQueue.firstCapacity) {
        let ring = GlobalQueueSegment(capacity: capacity)
        rings = Lock([ring])
        first = Atomic(GlobalQueue.word(ring))
        last = Atomic(GlobalQueue.word(ring))
    }

    /// Items in the queue at some recent moment; exact while nobody changes it.
    var count: Int {
        var count = 0
        var word = first.load(ordering: .acquiring)
        while word != 0 {
            count += GlobalQueue.with(word) { $0.count }
            word = GlobalQueue.with(word) { $0.next }
        }
        return count
    }

    /// Items that were ever appended, and how many of them were taken, at some recent moment.
    var positions: (appended: Int, taken: Int) {
        rings.withLock { rings in
            rings.reduce(into: (appended: 0, taken: 0)) { sum, ring in
                let positions = ring.positions
                sum.appended += positions.appended
                sum.taken += positions.taken
            }
        }
    }

    func append(_ item: WorkItem) {
        while true {
            let word = last.load(ordering: .acquiring)
            if GlobalQueue.with(word, { $0.append(item) }) { return }
            grow(after: word)
        }
    }

    func append(_ items: [WorkItem]) {
        for item in items { append(item) }
    }

    /// Whether there seems to be an item; right while nobody changes the queue.
    var hasItems: Bool {
        GlobalQueue.with(first.load(ordering: .acquiring)) { $0.count > 0 || $0.next != 0 }
    }

    /// Takes the oldest item.
    func take() -> WorkItem? {
        var rounds = 0
        while true {
            let word = first.load(ordering: .acquiring)
            switch GlobalQueue.with(word, { $0.take() }) {
            case .item(let item):
                return item
            case .empty:
                // Not closed yet: when the ring was found empty, there was no other.
                let next = GlobalQueue.with(word) { $0.next }
                if next == 0 { return nil }
                // Something may have come before it was closed. Closed and empty it stays so.
                switch GlobalQueue.with(word, { $0.take() }) {
                case .item(let item):
                    return item
                case .busy:
                    continue
                case .empty:
                    _ = first.compareExchange(
                        expected: word,
                        desired: next,
                        ordering: .acquiringAndReleasing
                    )
                }
            case .busy:
                // Its writer is a few instructions from the end, unless it lost its processor.
                rounds += 1
                if rounds < 64 { CurrentThread.pause() } else { CurrentThread.yieldProcessor() }
            }
        }
    }

    @inline(never)
    private func grow(after word: UInt) {
        rings.withLock { rings in
            // Somebody else may have been faster.
            guard last.load(ordering: .relaxed) == word else { return }
            let capacity = GlobalQueue.with(word) { $0.capacity }
            let ring = GlobalQueueSegment(capacity: 2 * capacity)
            rings.append(ring)
            let next = GlobalQueue.word(ring)
            GlobalQueue.with(word) { $0.close(followedBy: next) }
            last.store(next, ordering: .releasing)
        }
    }

    private static func word(_ ring: GlobalQueueSegment) -> UInt {
        unsafe UInt(bitPattern: Unmanaged.passUnretained(ring).toOpaque())
    }

    /// Calls `body` with the ring of a word, without counting a reference: all threads would write
    /// the one count.
    @inline(__always)
    private static func with<Result>(
        _ word: UInt,
        _ body: (GlobalQueueSegment) -> Result
    ) -> Result {
        guard let raw = unsafe UnsafeRawPointer(bitPattern: word) else {
            preconditionFailure("A queue always has a ring.")
        }
        return unsafe Unmanaged<GlobalQueueSegment>.fromOpaque(raw)._withUnsafeGuaranteedRef(body)
    }
}
