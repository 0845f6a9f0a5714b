// SPDX-License-Identifier: Apache-2.0

import Kernel
import Synchronization
import TestSupport
import Testing

@testable import Pool

@Suite struct GlobalQueueTests {
    @Test func `first in, first out`() {
        let queue = GlobalQueue()
        #expect(queue.take() == nil)
        queue.append(WorkItem(jobBits: 1))
        queue.append([2, 3].map { WorkItem(jobBits: $0) })
        queue.append([])
        #expect(queue.count == 3)
        #expect((1...3).allSatisfy { queue.take()?.jobBits == $0 })
        #expect(queue.take() == nil)
        #expect(queue.count == 0)
    }

    @Test(arguments: [2, 4, 32])
    func `it agrees with an array`(capacity: Int) {
        var random = SeededRandom(seed: 0x610ba1)
        let queue = GlobalQueue(capacity: capacity)
        var model: [UInt] = []
        var next: UInt = 0
        for step in 0..<20_000 {
            if Bool.random(using: &random) {
                let batch = (0..<UInt(random.below(4))).map { $0 + next }
                next += UInt(batch.count)
                queue.append(batch.map { WorkItem(jobBits: $0) })
                model += batch
            } else {
                let oldest = model.isEmpty ? nil : model.removeFirst()
                #expect(queue.take()?.jobBits == oldest, "seed \(random.seed), step \(step)")
            }
            #expect(queue.count == model.count, "seed \(random.seed), step \(step)")
        }
    }

    @Test func `a ring that is full is closed, and empty once its last item is taken`() {
        let ring = GlobalQueueSegment(capacity: 2)
        #expect(ring.append(WorkItem(jobBits: 1)) && ring.append(WorkItem(jobBits: 2)))
        #expect(!ring.append(WorkItem(jobBits: 3)))
        #expect(ring.next == 0)
        ring.close(followedBy: 77)
        #expect(ring.next == 77)
        for bits: UInt in 1...2 {
            guard case .item(let item) = ring.take() else { preconditionFailure() }
            #expect(item.jobBits == bits)
        }
        guard case .empty = ring.take() else { preconditionFailure() }
        #expect(!ring.append(WorkItem(jobBits: 4)), "a closed ring takes nothing")
        #expect(ring.count == 0)
    }

    @Test func `each thread's items come out in their order, however often the queue grows`() throws
    {
        for _ in 0..<50 {
            let queue = GlobalQueue(capacity: 2)
            let taken = Lock<[UInt]>([])
            try onThreads(3) { thread in
                if thread < 2 {
                    for number in 0..<500 {
                        queue.append(WorkItem(jobBits: UInt(thread * 1000 + number)))
                    }
                } else {
                    var mine: [UInt] = []
                    while mine.count < 1000 {
                        if let bits = queue.take()?.jobBits { mine.append(bits) }
                    }
                    taken.withLock { $0 = mine }
                }
            }
            let all = taken.withLock { $0 }
            #expect(all.filter { $0 < 1000 } == Array(0..<500))
            #expect(all.filter { $0 >= 1000 } == Array(1000..<1500))
        }
    }

    @Test(arguments: [2, 1024])
    func `many threads bring and take every item exactly once`(capacity: Int) throws {
        let queue = GlobalQueue(capacity: capacity)
        let takes = Takes(20_000)
        try onThreads(4) { thread in
            if thread < 2 {
                for number in 0..<10_000 {
                    queue.append(WorkItem(jobBits: UInt(thread * 10_000 + number)))
                }
            } else {
                while takes.total < 20_000 {
                    if let item = queue.take() { takes.note(item) }
                }
            }
        }
        #expect(takes.wrong == 0)
    }
}
