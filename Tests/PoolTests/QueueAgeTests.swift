// SPDX-License-Identifier: Apache-2.0

import Kernel
import Testing

@testable import Pool

struct QueueAgeTests {
    private func at(_ seconds: Int) -> Instant {
        Instant(nanoseconds: UInt64(seconds) * 1_000_000_000)
    }

    @Test func `an item counts from the first look that found it`() {
        var age = QueueAge.Shared()
        #expect(age.look((0, 0), at: at(1)) == nil)
        #expect(age.look((3, 0), at: at(2)) == at(2))
        #expect(age.look((5, 0), at: at(3)) == at(2))
        // Of the first three one is still there.
        #expect(age.look((5, 2), at: at(4)) == at(2))
        #expect(age.look((5, 3), at: at(5)) == at(3))
        #expect(age.look((9, 8), at: at(6)) == at(6))
        #expect(age.look((9, 9), at: at(7)) == nil)
        #expect(age.look((9, 9), at: at(8)) == nil)
        #expect(age.look((10, 9), at: at(9)) == at(9))
    }

    @Test func `many looks at a long queue are thinned out, and never make an item older`() {
        var age = QueueAge.Shared()
        var arrivals: [Int: Int] = [:]
        for second in 1...2000 {
            arrivals[second - 1] = second
            _ = age.look((second, 0), at: at(second))
        }
        var known = 0
        for taken in 0..<2000 {
            let since = age.look((2000, taken), at: at(2001))
            let truth = at(arrivals[taken] ?? 0)
            #expect(since.map { $0 >= truth } ?? false)
            if since == truth { known += 1 }
        }
        #expect(known >= 250)
    }

    @Test func `a worker's oldest item counts from the look that found it the oldest`() {
        var age = QueueAge.Local()
        #expect(age.look(oldest: nil, at: at(1)) == nil)
        #expect(age.look(oldest: 4, at: at(2)) == at(2))
        #expect(age.look(oldest: 4, at: at(3)) == at(2))
        #expect(age.look(oldest: 5, at: at(4)) == at(4))
        #expect(age.look(oldest: nil, at: at(5)) == nil)
        #expect(age.look(oldest: 5, at: at(6)) == at(6))
    }

    @Test func `positions of a queue go on where a ring was outgrown`() {
        let queue = GlobalQueue(capacity: 2)
        for number in 0..<100 {
            queue.append(WorkItem(first: UInt(number), second: 1))
            #expect(queue.positions == (number + 1, number / 3))
            if number % 3 == 2 { _ = queue.take() }
        }
    }

    @Test func `the oldest position of a worker's queue moves when its item leaves`() {
        let queue = WorkStealingQueue(capacity: 2)
        #expect(queue.oldestPosition == nil)
        for _ in 0..<3 { queue.push(WorkItem(first: 0, second: 1)) }
        let first = queue.oldestPosition
        #expect(first != nil)
        _ = queue.pop()
        #expect(queue.oldestPosition == first)
        _ = queue.steal()
        #expect(queue.oldestPosition != first)
        // The last one, taken by the owner: the next to come stands at another position.
        let second = queue.oldestPosition
        _ = queue.pop()
        #expect(queue.oldestPosition == nil)
        queue.push(WorkItem(first: 0, second: 1))
        #expect(queue.oldestPosition != second)
    }
}
