// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Synchronization
internal import Telemetry

/// The queues of all workers by number. A queue outlives its worker and serves the next of that
/// number, so that a thief may look at any time.
// INVARIANT: an entry is written once, under the lock, and read with acquiring loads; queues live as
// long as the table.
@safe final class QueueTable: @unchecked Sendable {
    private let made = Lock<[WorkStealingQueue]>([])
    private let entries: UnsafeMutablePointer<Atomic<UInt>>
    private let highest = Atomic<Int>(0)

    init() {
        // Pages that are never touched take no memory.
        let raw = unsafe ZeroedMemory.allocate(byteCount: (ThreadCounts.limit + 1) * 8)
        unsafe entries = raw.assumingMemoryBound(to: Atomic<UInt>.self)
    }

    deinit {
        unsafe ZeroedMemory.free(UnsafeMutableRawPointer(entries))
    }

    /// The queue of that number, made at first use.
    subscript(number: Int) -> WorkStealingQueue {
        made.withLock { made in
            while made.count < number {
                let queue = WorkStealingQueue()
                made.append(queue)
                let raw = unsafe Unmanaged.passUnretained(queue).toOpaque()
                unsafe entries[made.count].store(UInt(bitPattern: raw), ordering: .releasing)
                // Releasing; pairs with the acquiring load in `steal`.
                highest.store(made.count, ordering: .releasing)
            }
            return made[number - 1]
        }
    }

    /// Whether another worker's queue seems to hold an item.
    func hasWork(for worker: Worker) -> Bool {
        let highest = highest.load(ordering: .acquiring)
        guard highest > 1 else { return false }
        for number in 1...highest where number != worker.number {
            let bits = unsafe entries[number].load(ordering: .acquiring)
            guard let raw = unsafe UnsafeRawPointer(bitPattern: bits) else { continue }
            let queue = unsafe Unmanaged<WorkStealingQueue>.fromOpaque(raw)
            if unsafe queue._withUnsafeGuaranteedRef({ $0.count }) > 0 { return true }
        }
        return false
    }

    /// Takes an item from another worker's queue: one pass from a start that moves on.
    func steal(for worker: Worker) -> WorkItem? {
        let highest = highest.load(ordering: .acquiring)
        guard highest > 1 else { return nil }
        for step in 1..<highest {
            let number = (worker.number - 1 + step) % highest + 1
            let bits = unsafe entries[number].load(ordering: .acquiring)
            guard let raw = unsafe UnsafeRawPointer(bitPattern: bits) else { continue }
            let queue = unsafe Unmanaged<WorkStealingQueue>.fromOpaque(raw)
            if let item = unsafe queue._withUnsafeGuaranteedRef({ $0.steal() }) {
                worker.lane.advance(.stolen)
                return item
            }
        }
        return nil
    }
}
