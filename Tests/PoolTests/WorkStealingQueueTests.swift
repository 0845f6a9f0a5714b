// SPDX-License-Identifier: Apache-2.0

import Kernel
import Synchronization
import TestSupport
import Testing

@testable import Pool

@Suite struct WorkStealingQueueTests {
    @Test func `the owner takes the newest, thieves the oldest`() {
        let queue = WorkStealingQueue(capacity: 4)
        for bits in 1...4 as ClosedRange<UInt> { queue.push(WorkItem(jobBits: bits)) }
        #expect(queue.count == 4)
        #expect(queue.pop()?.jobBits == 4)
        #expect(queue.steal()?.jobBits == 1)
        #expect(queue.pop()?.jobBits == 3)
        #expect(queue.steal()?.jobBits == 2)
        #expect(queue.pop() == nil)
        #expect(queue.steal() == nil)
        #expect(queue.count == 0)
    }

    @Test(arguments: [1, 2, 32])
    func `it grows beyond its capacity and keeps the order`(capacity: Int) {
        let queue = WorkStealingQueue(capacity: capacity)
        for bits in 1...1_000 as ClosedRange<UInt> { queue.push(WorkItem(jobBits: bits)) }
        #expect(queue.count == 1_000)
        for bits in 1...500 as ClosedRange<UInt> { #expect(queue.steal()?.jobBits == bits) }
        for bits in (501...1_000 as ClosedRange<UInt>).reversed() {
            #expect(queue.pop()?.jobBits == bits)
        }
        #expect(queue.pop() == nil)
    }

    @Test(arguments: [1, 2, 4, 32])
    func `it agrees with an array`(capacity: Int) {
        var random = SeededRandom(seed: UInt64(0x57ea1 + capacity))
        let queue = WorkStealingQueue(capacity: capacity)
        var model: [UInt] = []
        var next: UInt = 1
        // Phases that fill and phases that empty, so that indices wrap and the buffer grows.
        for step in 0..<60_000 {
            let fills = step / 500 % 3 == 0
            if random.below(10) < (fills ? 6 : 4) {
                queue.push(WorkItem(jobBits: next))
                model.append(next)
                next += 1
            } else if Bool.random(using: &random) {
                let newest = model.popLast()
                #expect(queue.pop()?.jobBits == newest, "seed \(random.seed), step \(step)")
            } else {
                let oldest = model.isEmpty ? nil : model.removeFirst()
                #expect(queue.steal()?.jobBits == oldest, "seed \(random.seed), step \(step)")
            }
            #expect(queue.count == model.count, "seed \(random.seed), step \(step)")
        }
    }

    @Test(arguments: [1, 3])
    func `owner and thieves together take every item exactly once`(thieves: Int) throws {
        let heist = Heist(items: 60_000)
        try onThreads(thieves + 1) { thread in
            if thread == 0 { heist.own(seed: UInt64(0x0e1 + thieves)) } else { heist.rob() }
        }
        #expect(heist.wrong == 0)
        #expect(heist.queue.count == 0)
    }
}

/// One queue of small capacity, its owner and its thieves.
private final class Heist: Sendable {
    let queue = WorkStealingQueue(capacity: 2)
    let takes: Takes
    private let hasEnded = Atomic<Bool>(false)

    init(items: Int) {
        takes = Takes(items)
    }

    /// Pushes all items in bursts, and takes some back.
    func own(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var next = 0
        while next < takes.count {
            for _ in 0..<(1 + random.below(9)) where next < takes.count {
                queue.push(WorkItem(jobBits: UInt(next)))
                next += 1
            }
            for _ in 0..<random.below(9) {
                guard let item = queue.pop() else { break }
                takes.note(item)
            }
        }
        while let item = queue.pop() { takes.note(item) }
        hasEnded.store(true, ordering: .releasing)
    }

    func rob() {
        while !hasEnded.load(ordering: .acquiring) {
            if let item = queue.steal() { takes.note(item) } else { CurrentThread.pause() }
        }
    }

    /// Items that were not taken exactly once.
    var wrong: Int { takes.wrong }
}
