// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Port

@Suite struct TimerQueueTests {
    @Test func `timers come out by deadline, whatever the order they went in`() {
        var queue = TimerQueue()
        for (slot, deadline) in [(3, 30), (1, 10), (2, 20)] as [(UInt32, UInt64)] {
            queue.insert(slot, deadline: deadline)
        }
        #expect(queue.earliest == 10)
        #expect(take(&queue, at: 9) == nil)
        #expect(take(&queue, at: 10) == 1)
        #expect(take(&queue, at: .max) == 2)
        #expect(take(&queue, at: .max) == 3)
        #expect(take(&queue, at: .max) == nil)
        #expect(queue.earliest == nil)
    }

    @Test func `a slot that is not there is not removed`() {
        var queue = TimerQueue()
        queue.insert(70, deadline: 5)
        let outcomes = [5, 70, 70, 100_000].map { queue.remove($0) }
        #expect(outcomes == [false, true, false, false])
        #expect(queue.count == 0)
    }

    @Test func `any of the slots comes out for closing, until none is left`() {
        var queue = TimerQueue()
        for slot in 1...100 as ClosedRange<UInt32> {
            queue.insert(slot, deadline: UInt64(slot % 7))
        }
        var seen: Set<UInt32> = []
        while let slot = queue.popAny() { seen.insert(slot) }
        #expect(seen.count == 100)
        #expect(queue.count == 0)
    }

    @Test(arguments: [4, 64, 400])
    func `it agrees with a sorted array`(slots: Int) {
        var random = SeededRandom(seed: UInt64(0x71e2 + slots))
        var queue = TimerQueue()
        var model: [UInt32: UInt64] = [:]
        for step in 0..<40_000 {
            let note: Comment = "seed \(random.seed), step \(step)"
            let slot = UInt32(random.below(slots))
            switch random.below(step / 4_000 % 2 == 0 ? 5 : 12) {
            case 0, 1, 2:
                guard model[slot] == nil else { continue }
                // Few deadlines, so that many are equal.
                let deadline = UInt64(random.below(50))
                queue.insert(slot, deadline: deadline)
                model[slot] = deadline
            case 3:
                let isRemoved = queue.remove(slot)
                #expect(isRemoved == (model.removeValue(forKey: slot) != nil), note)
            default:
                let now = UInt64(random.below(60))
                let taken = queue.popDue(at: now)
                let earliest = model.values.min()
                guard let taken else {
                    #expect(earliest == nil || earliest.map { $0 > now } == true, note)
                    continue
                }
                #expect(model.removeValue(forKey: taken) == earliest, note)
            }
            #expect(queue.count == model.count, note)
            #expect(queue.earliest == model.values.min(), note)
        }
    }

    @Test func `memory is given back after a peak`() {
        var queue = TimerQueue()
        for slot in 0..<100_000 as Range<UInt32> { queue.insert(slot, deadline: UInt64(slot)) }
        #expect(queue.capacity >= 100_000)
        for slot in 100..<100_000 as Range<UInt32> { queue.remove(slot) }
        #expect(queue.capacity < 10_000)
        #expect(queue.earliest == 0)
    }

    private func take(_ queue: inout TimerQueue, at now: UInt64) -> UInt32? {
        queue.popDue(at: now)
    }
}
