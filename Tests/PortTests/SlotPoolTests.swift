// SPDX-License-Identifier: Apache-2.0

import Kernel
import Telemetry
import TestSupport
import Testing

@testable import Port

@Suite struct SlotPoolTests {
    @Test func `numbers are unique and never zero`() throws {
        let pool = SlotPool(slotBytes: 16, slotsPerChunkShift: 3, counter: nil)
        let lane = Lanes().make()
        let slots = try (0..<1_000).map { _ in try pool.take(on: lane) }
        #expect(Set(slots).count == 1_000)
        #expect(!slots.contains(0))
        #expect(slots.allSatisfy { $0 < pool.highWater })
    }

    @Test func `slots are recycled, memory stays flat`() throws {
        let pool = SlotPool(slotBytes: 16, slotsPerChunkShift: 4, counter: nil)
        let lane = Lanes().make()
        for _ in 0..<1_000 {
            let slots = try (0..<200).map { _ in try pool.take(on: lane) }
            for slot in slots { pool.put(slot, on: lane) }
        }
        #expect(pool.highWater <= 200 + 64)
    }

    @Test func `what one thread gives back another can have`() throws {
        let pool = SlotPool(slotBytes: 16, slotsPerChunkShift: 4, counter: nil)
        let lanes = Lanes()
        let (maker, taker) = (lanes.make(), lanes.make())
        for _ in 0..<500 {
            let slots = try (0..<100).map { _ in try pool.take(on: maker) }
            for slot in slots { pool.put(slot, on: taker) }
        }
        #expect(pool.highWater < 400)
    }

    @Test func `a slot's memory is its own, zeroed at first and stable`() throws {
        let pool = SlotPool(slotBytes: 32, slotsPerChunkShift: 2, counter: nil)
        let lane = Lanes().make()
        let slots = try (0..<100).map { _ in try pool.take(on: lane) }
        var addresses: Set<UInt> = []
        for slot in slots {
            let address = unsafe pool.address(of: slot)
            let first = unsafe address.load(as: UInt64.self)
            #expect(first == 0)
            unsafe address.storeBytes(of: UInt64(slot), as: UInt64.self)
            addresses.insert(UInt(bitPattern: address))
        }
        #expect(addresses.count == 100)
        for slot in slots {
            let value = unsafe pool.address(of: slot).load(as: UInt64.self)
            #expect(value == UInt64(slot))
        }
    }

    @Test func `slots in use are counted at allocation and free`() throws {
        let pool = SlotPool(slotBytes: 16, slotsPerChunkShift: 4, counter: .slots)
        let lanes = Lanes()
        let lane = lanes.make()
        let section = lane.open()
        let slots = try (0..<5).map { _ in try pool.allocate(on: lane, in: section) }
        lane.close(section)
        #expect(lanes.cut()[Counter.slots.rawValue] == 5)
        let other = lanes.make()
        let second = other.open()
        for slot in slots { pool.free(slot, on: other, in: second) }
        other.close(second)
        #expect(lanes.cut()[Counter.slots.rawValue] == 0)
    }

    @Test func `there is an end to it, and it is said`() throws {
        let pool = SlotPool(slotBytes: 16, slotsPerChunkShift: 0, counter: nil)
        let lane = Lanes().make()
        var taken = 0
        #expect(throws: SlotPool.Exhausted.self) {
            while taken < 10_000 {
                _ = try pool.take(on: lane)
                taken += 1
            }
        }
        #expect(taken == 4_095)
    }

    @Test func `no number is held twice while threads take and give back`() throws {
        let pool = SlotPool(slotBytes: 16, slotsPerChunkShift: 5, counter: nil)
        let lanes = Lanes()
        let held = Held()
        try onThreads(4) { thread in
            var random = SeededRandom(seed: UInt64(0x5107 + thread))
            let lane = lanes.current
            for _ in 0..<40_000 {
                if random.below(2) == 0, let slot = try? pool.take(on: lane) {
                    held.put(slot)
                } else if let slot = held.take(&random) {
                    pool.put(slot, on: lane)
                }
            }
        }
        #expect(held.clashes == 0)
        #expect(pool.highWater < 10_000)
    }
}

/// Slots that somebody holds; any thread may give any of them back.
private final class Held: Sendable {
    private struct State {
        var slots: [UInt32] = []
        var present: Set<UInt32> = []
        var clashes = 0
    }

    private let state = Lock(State())

    var clashes: Int { state.withLock { $0.clashes } }

    func put(_ slot: UInt32) {
        state.withLock { state in
            if !state.present.insert(slot).inserted { state.clashes += 1 }
            state.slots.append(slot)
        }
    }

    func take(_ random: inout SeededRandom) -> UInt32? {
        let pick = random.next()
        return state.withLock { state in
            guard !state.slots.isEmpty else { return nil }
            state.slots.swapAt(Int(pick % UInt64(state.slots.count)), state.slots.count - 1)
            let slot = state.slots.removeLast()
            state.present.remove(slot)
            return slot
        }
    }
}
