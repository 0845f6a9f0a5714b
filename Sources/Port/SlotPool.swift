// SPDX-License-Identifier: Apache-2.0

internal import Kernel
public import Synchronization
package import Telemetry

/// Numbered slots of fixed size whose memory is never given back while the pool lives.
///
/// A slot's address is stable and always readable, so a stale number is harmless as long as what it
/// names carries a generation. Free slots wait in a small stash per thread and, beyond that, in one
/// list under a lock, from which they travel in batches: in steady state neither allocation nor a
/// contended lock is on the path. Slots are zeroed once, when their chunk is made.
///
/// - Complexity: `allocate` and `free` are O(1); a chunk is made when the high-water mark grows.
// INVARIANT: the chunk directory is written once per entry, under the lock, and read with acquiring
// loads; a stash is touched by its lane's thread only; slots belong to whoever holds their number.
@usableFromInline @safe package final class SlotPool: @unchecked Sendable {
    /// What `allocate` says when every slot number is taken.
    package struct Exhausted: Error {
        package let limit: Int
    }

    private struct Shared {
        var free: [UInt32] = []
        /// Slots below this number have been given out at least once.
        var highWater: UInt32
        var highestChunk = 0
    }

    private struct Stash {
        static let capacity = 64
        static let batch = 32
        var count: Int
        var slots: InlineArray<64, UInt32>
    }

    private static let directoryCapacity = 4096
    private static let stashCapacity = 2048

    @usableFromInline let slotBytes: Int
    @usableFromInline let slotsPerChunkShift: Int
    @usableFromInline let indexMask: Int
    private let counter: Counter?
    private let shared: Lock<Shared>
    @usableFromInline let directory: UnsafeMutablePointer<Atomic<UInt>>
    private let stashes: UnsafeMutablePointer<Stash>

    /// - Parameters:
    ///   - slotBytes: size of a slot; a multiple of 16.
    ///   - slotsPerChunkShift: binary logarithm of the slots that are made at a time.
    ///   - counter: what allocation counts up and `free` counts down.
    package init(slotBytes: Int, slotsPerChunkShift: Int = 10, counter: Counter?) {
        precondition(slotBytes % 16 == 0)
        self.slotBytes = slotBytes
        self.slotsPerChunkShift = slotsPerChunkShift
        indexMask = (1 << slotsPerChunkShift) - 1
        self.counter = counter
        // Slot 0 is never given out: 0 means none.
        shared = Lock(Shared(highWater: 1))
        let words = unsafe ZeroedMemory.allocate(byteCount: SlotPool.directoryCapacity * 8)
        unsafe directory = words.assumingMemoryBound(to: Atomic<UInt>.self)
        let stride = MemoryLayout<Stash>.stride
        let raw = unsafe ZeroedMemory.allocate(byteCount: SlotPool.stashCapacity * stride)
        unsafe stashes = raw.assumingMemoryBound(to: Stash.self)
    }

    deinit {
        for chunk in 0..<SlotPool.directoryCapacity {
            let bits = unsafe directory[chunk].load(ordering: .relaxed)
            if let base = unsafe UnsafeMutableRawPointer(bitPattern: bits) {
                unsafe ZeroedMemory.free(base)
            }
        }
        unsafe ZeroedMemory.free(UnsafeMutableRawPointer(directory))
        unsafe ZeroedMemory.free(UnsafeMutableRawPointer(stashes))
    }

    /// Takes a slot, inside the lane's open counting section.
    @inline(__always)
    package func allocate(
        on lane: ThreadLane,
        in section: borrowing ThreadLane.Section
    ) throws(Exhausted) -> UInt32 {
        let slot = try take(on: lane)
        if let counter { lane.count(counter, 1, in: section) }
        return slot
    }

    /// Gives a slot back, inside the lane's open counting section.
    @inline(__always)
    package func free(
        _ slot: UInt32,
        on lane: ThreadLane,
        in section: borrowing ThreadLane.Section
    ) {
        if let counter { lane.count(counter, -1, in: section) }
        put(slot, on: lane)
    }

    /// Takes a slot without counting, for pools that have no counter.
    package func take(on lane: ThreadLane) throws(Exhausted) -> UInt32 {
        guard lane.index < SlotPool.stashCapacity else { return try refill(1, { _ in }) }
        let stash = unsafe stashes + lane.index
        if unsafe stash.pointee.count > 0 {
            unsafe stash.pointee.count -= 1
            return unsafe stash.pointee.slots[stash.pointee.count]
        }
        return try refill(Stash.batch) { slot in
            unsafe stash.pointee.slots[stash.pointee.count] = slot
            unsafe stash.pointee.count += 1
        }
    }

    /// Gives a slot back without counting.
    package func put(_ slot: UInt32, on lane: ThreadLane) {
        guard lane.index < SlotPool.stashCapacity else {
            shared.withLock { $0.free.append(slot) }
            return
        }
        let stash = unsafe stashes + lane.index
        if unsafe stash.pointee.count == Stash.capacity {
            shared.withLock { shared in
                for _ in 0..<Stash.batch {
                    unsafe stash.pointee.count -= 1
                    shared.free.append(unsafe stash.pointee.slots[stash.pointee.count])
                }
            }
        }
        unsafe stash.pointee.slots[stash.pointee.count] = slot
        unsafe stash.pointee.count += 1
    }

    /// The memory of a slot: zeroed when it was first made, then as its users left it.
    @inline(__always)
    @inlinable
    package func address(of slot: UInt32) -> UnsafeMutableRawPointer {
        let chunk = Int(slot) &>> slotsPerChunkShift
        let index = Int(slot) & indexMask
        // Acquiring; pairs with the releasing store in `refill`.
        let bits = unsafe directory[chunk].load(ordering: .acquiring)
        guard let base = unsafe UnsafeMutableRawPointer(bitPattern: bits) else {
            preconditionFailure("Slot \(slot) was never made.")
        }
        return unsafe base + index &* slotBytes
    }

    /// Asks for the memory of a slot that is about to be used.
    @inline(__always)
    package func prefetch(_ slot: UInt32) {
        CacheLines.fetch(UInt(bitPattern: unsafe address(of: slot)), count: slotBytes)
    }

    /// Every slot number ever given out is below this.
    package var highWater: UInt32 { shared.withLock { $0.highWater } }

    /// Takes up to `count` slots from the shared list; one is returned, the others go to `keep`.
    @inline(never)
    private func refill(_ count: Int, _ keep: (UInt32) -> Void) throws(Exhausted) -> UInt32 {
        let perChunk = UInt32(1) << UInt32(slotsPerChunkShift)
        let result: UInt32? = shared.withLock { shared in
            if shared.free.isEmpty {
                let chunk = Int(shared.highWater) >> slotsPerChunkShift
                guard chunk < SlotPool.directoryCapacity else { return nil }
                if shared.highestChunk <= chunk {
                    makeChunk(chunk)
                    shared.highestChunk = chunk + 1
                }
                let end = min(
                    (UInt32(chunk) + 1) * perChunk,
                    shared.highWater + UInt32(count)
                )
                let first = shared.highWater
                shared.highWater = end
                for slot in (first + 1)..<max(end, first + 1) { keep(slot) }
                return first
            }
            let result = shared.free.removeLast()
            for _ in 1..<max(count, 1) {
                guard let slot = shared.free.popLast() else { break }
                keep(slot)
            }
            return result
        }
        guard let result else {
            throw Exhausted(limit: SlotPool.directoryCapacity << slotsPerChunkShift)
        }
        return result
    }

    private func makeChunk(_ chunk: Int) {
        let bytes = slotBytes << slotsPerChunkShift
        let base = unsafe ZeroedMemory.allocate(byteCount: bytes)
        // Releasing; pairs with the acquiring load in `address`.
        unsafe directory[chunk].store(UInt(bitPattern: base), ordering: .releasing)
    }
}
