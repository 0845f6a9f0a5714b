// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// A worker's own queue: the owner pushes and pops at one end (LIFO), thieves take from the other
/// (FIFO). After Chase and Lev; grows from 32 slots as .NET's does, without its lock for thieves.
///
/// Every item is taken by exactly one thread: the owner takes what is beyond doubt behind `top`;
/// for the last item owner and thieves compete by compare-exchange on `top`. A thief reads the two
/// words before its exchange; they are whole if it wins, because the owner writes a slot again only
/// after `top` has passed it. Buffers that were outgrown stay readable until the queue ends. All
/// sleep-relevant operations are sequentially consistent rather than fenced: ThreadSanitizer does
/// not see fences.
///
/// - Complexity: O(1), `push` amortised.
// INVARIANT: `push` and `pop` are called by one thread; the buffers' words are atomics; `outgrown` is
// touched by `push` and `deinit` only.
@safe final class WorkStealingQueue: @unchecked Sendable {
    private let top = Atomic<Int>(0)
    private let bottom = Atomic<Int>(0)
    /// Address of the buffer's first word: its capacity; then two words a slot.
    private let buffer: Atomic<UInt>
    private var outgrown: [UInt] = []

    init(capacity: Int = 32) {
        precondition(capacity > 0 && capacity & (capacity - 1) == 0)
        buffer = Atomic(WorkStealingQueue.make(capacity))
    }

    deinit {
        for bits in outgrown + [buffer.load(ordering: .relaxed)] {
            unsafe UnsafeMutablePointer<Atomic<UInt>>(bitPattern: bits)?.deallocate()
        }
    }

    /// Items in the queue, as far as another thread can tell.
    var count: Int {
        max(0, bottom.load(ordering: .relaxed) - top.load(ordering: .relaxed))
    }

    /// The position of the oldest item, as far as another thread can tell.
    ///
    /// Whoever takes that item moves `top`: as long as the position is the same, so is the item.
    var oldestPosition: Int? {
        let bottom = bottom.load(ordering: .relaxed)
        let top = top.load(ordering: .relaxed)
        return top < bottom ? top : nil
    }

    /// Appends, by the owner.
    func push(_ item: WorkItem) {
        let bottom = bottom.load(ordering: .relaxed)
        let top = top.load(ordering: .acquiring)
        var bits = buffer.load(ordering: .relaxed)
        if bottom - top >= WorkStealingQueue.capacity(bits) { bits = grow(bits, top, bottom) }
        let slot = unsafe WorkStealingQueue.slot(bits, bottom)
        unsafe slot[0].store(item.first, ordering: .relaxed)
        unsafe slot[1].store(item.second, ordering: .relaxed)
        // Releasing for `steal`; sequentially consistent since the owner looks at the pool's request
        // flag next, see `WorkerPool`.
        self.bottom.store(bottom + 1, ordering: .sequentiallyConsistent)
    }

    /// Takes the newest item, by the owner.
    func pop() -> WorkItem? {
        let last = bottom.load(ordering: .relaxed) - 1
        // Nobody but the owner adds, and `top` only grows: what looks empty is.
        if top.load(ordering: .relaxed) > last { return nil }
        // Sequentially consistent, and so is the load of `top`: a thief that has not seen the new
        // bottom has its exchange on `top` seen here. Pairs with the two loads in `steal`.
        bottom.store(last, ordering: .sequentiallyConsistent)
        let top = top.load(ordering: .sequentiallyConsistent)
        guard top <= last else {
            bottom.store(last + 1, ordering: .relaxed)
            return nil
        }
        let item = WorkStealingQueue.item(buffer.load(ordering: .relaxed), last)
        guard top == last else { return item }
        // The last one: whoever moves `top` has it.
        let (won, _) = self.top.compareExchange(
            expected: top,
            desired: top + 1,
            ordering: .sequentiallyConsistent
        )
        bottom.store(last + 1, ordering: .relaxed)
        return won ? item : nil
    }

    /// Takes the oldest item, by anybody.
    ///
    /// Tries again while it loses against others.
    func steal() -> WorkItem? {
        while true {
            let top = top.load(ordering: .sequentiallyConsistent)
            let bottom = bottom.load(ordering: .sequentiallyConsistent)
            guard top < bottom else { return nil }
            let item = WorkStealingQueue.item(buffer.load(ordering: .acquiring), top)
            let (won, _) = self.top.compareExchange(
                expected: top,
                desired: top + 1,
                ordering: .sequentiallyConsistent
            )
            if won { return item }
        }
    }

    private static func make(_ capacity: Int) -> UInt {
        let count = 2 * capacity + 2
        let words = UnsafeMutablePointer<Atomic<UInt>>.allocate(capacity: count)
        for index in 0..<count { unsafe (words + index).initialize(to: Atomic(0)) }
        unsafe words[0].store(UInt(capacity), ordering: .relaxed)
        return UInt(bitPattern: words)
    }

    private static func words(_ bits: UInt) -> UnsafeMutablePointer<Atomic<UInt>> {
        guard let words = unsafe UnsafeMutablePointer<Atomic<UInt>>(bitPattern: bits) else {
            preconditionFailure("A queue always has a buffer.")
        }
        return unsafe words
    }

    private static func capacity(_ bits: UInt) -> Int {
        unsafe Int(words(bits)[0].load(ordering: .relaxed))
    }

    private static func slot(_ bits: UInt, _ index: Int) -> UnsafeMutablePointer<Atomic<UInt>> {
        let base = unsafe words(bits)
        return unsafe base + 2 + 2 * (index & (capacity(bits) - 1))
    }

    private static func item(_ bits: UInt, _ index: Int) -> WorkItem {
        let slot = unsafe slot(bits, index)
        return unsafe WorkItem(
            first: slot[0].load(ordering: .relaxed),
            second: slot[1].load(ordering: .relaxed)
        )
    }

    @inline(never)
    private func grow(_ old: UInt, _ top: Int, _ bottom: Int) -> UInt {
        let new = WorkStealingQueue.make(2 * WorkStealingQueue.capacity(old))
        for index in top..<bottom {
            let item = WorkStealingQueue.item(old, index)
            let slot = unsafe WorkStealingQueue.slot(new, index)
            unsafe slot[0].store(item.first, ordering: .relaxed)
            unsafe slot[1].store(item.second, ordering: .relaxed)
        }
        outgrown.append(old)
        // Releasing; pairs with the acquiring load in `steal`.
        buffer.store(new, ordering: .releasing)
        return new
    }
}
