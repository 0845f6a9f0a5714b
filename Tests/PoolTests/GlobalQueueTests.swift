// SPDX-License-Identifier: Apache-2.0

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

    @Test func `it agrees with an array`() {
        var random = SeededRandom(seed: 0x610ba1)
        let queue = GlobalQueue()
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

    @Test func `many threads bring and take every item exactly once`() throws {
        let queue = GlobalQueue()
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
