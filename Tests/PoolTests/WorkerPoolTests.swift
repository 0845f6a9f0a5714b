// SPDX-License-Identifier: Apache-2.0

import Kernel
import Synchronization
import TestSupport
import Testing

@testable import Pool

@Suite struct WorkerPoolTests {
    @Test func `work from outside runs exactly once, whoever brings it`() throws {
        let site = Site(items: 60_000, minimum: 3)
        try onThreads(3) { thread in
            for number in 0..<20_000 {
                site.pool.enqueueGlobal(WorkItem(jobBits: UInt(thread * 20_000 + number)))
            }
        }
        try site.finish()
    }

    @Test func `closures run as jobs do`() throws {
        let site = Site(items: 2_000, minimum: 2)
        let takes = site.takes
        for number in 0..<2_000 {
            site.pool.enqueueGlobal(WorkItem { takes.note(number) })
        }
        try site.finish()
    }

    @Test func `work that brings work from inside runs exactly once`() throws {
        // A tree: each item brings four more, through its own worker's queue.
        let site = Site(items: 1 + 4 + 16 + 64 + 256 + 1024 + 4096 + 16384, minimum: 4)
        let count = site.takes.count
        site.fanOut = { number in
            let first = 4 * number + 1
            return first < count ? Array(first...first + 3) : []
        }
        site.pool.enqueueGlobal(WorkItem(jobBits: 0))
        try site.finish()
    }

    @Test func `every item runs exactly once while the minimum changes at random`() throws {
        let site = Site(items: 60_000, minimum: 2, idleTimeout: .milliseconds(1))
        let count = site.takes.count
        site.fanOut = { $0 % 3 == 0 && $0 + 2 < count ? [$0 + 1, $0 + 2] : [] }
        try onThreads(3) { thread in
            if thread == 2 {
                var random = SeededRandom(seed: 0x5e512e)
                while site.takes.total < site.takes.count {
                    let minimum = 1 + random.below(8)
                    site.pool.resize(minimum: minimum, maximum: 16, reason: .key)
                    CurrentThread.yieldProcessor()
                }
            } else {
                for number in stride(from: thread * 3, to: 60_000, by: 6) {
                    site.pool.enqueueGlobal(WorkItem(jobBits: UInt(number)))
                }
            }
        }
        try site.finish()
    }

    @Test func `never more work at once than the goal says`() throws {
        let site = Site(items: 20_000, minimum: 2)
        for number in 0..<20_000 { site.pool.enqueueGlobal(WorkItem(jobBits: UInt(number))) }
        try site.finish()
        #expect(site.peak.load(ordering: .relaxed) <= 2)
    }

    @Test func `idle workers go after their timeout and come back for work`() throws {
        let site = Site(items: 60, minimum: 3, idleTimeout: .milliseconds(1))
        for round in 0..<20 {
            for item in 0..<3 {
                site.pool.enqueueGlobal(WorkItem(jobBits: UInt(round * 3 + item)))
            }
            try eventually("the items of round \(round) have run") {
                site.takes.total == round * 3 + 3
            }
            try eventually("the idle workers of round \(round) have gone") {
                site.pool.threadCounts.existing == 0 && site.pool.all.isEmpty
            }
        }
        #expect(site.pool.threadCounts == ThreadCounts(processing: 0, existing: 0, goal: 3))
        #expect(site.started.load(ordering: .relaxed) >= 20)
        try site.finish()
    }

    @Test func `workers that wait already go by a new time-out, and none is lost`() throws {
        let site = Site(items: 900, minimum: 3, idleTimeout: .seconds(60))
        for round in 0..<100 {
            for item in 0..<9 {
                site.pool.enqueueGlobal(WorkItem(jobBits: UInt(round * 9 + item)))
                // Recalled while they wait, work, or are on their way to either.
                if item == round % 9 { site.pool.idleTimeout = .seconds(60 + round) }
            }
            try eventually("the items of round \(round) have run") {
                site.takes.total == round * 9 + 9
            }
        }
        #expect(site.pool.threadCounts.existing > 0)
        site.pool.idleTimeout = .milliseconds(10)
        try eventually("the idle workers have gone") {
            site.pool.threadCounts.existing == 0 && site.pool.all.isEmpty
        }
        try site.finish()
    }

    @Test func `workers above a lowered goal stop and hand over what they have`() throws {
        let site = Site(items: 104, minimum: 4)
        let gate = Gate()
        site.before = { number in if number < 4 { gate.pass() } }
        // Each of the first four has 25 items in its own queue when it comes to stop or go on.
        site.fanOut = { $0 < 4 ? Array(4 + $0 * 25..<29 + $0 * 25) : [] }
        for number in 0..<4 { site.pool.enqueueGlobal(WorkItem(jobBits: UInt(number))) }
        try eventually("four workers are held") { gate.waiting == 4 }
        #expect(site.pool.threadCounts.processing == 4)
        site.pool.resize(minimum: 1, maximum: 8, reason: .key)
        #expect(site.pool.threadCounts.goal == 1)
        site.before = { _ in }
        gate.open()
        try eventually("all but one have stopped") {
            site.takes.total == 104 && site.pool.threadCounts.processing == 0
        }
        try site.finish()
        #expect(site.reasons == ["4 to 1: Key"])
    }

    @Test func `a higher goal lets more work at once, for items that wait already`() throws {
        let site = Site(items: 4, minimum: 1)
        let gate = Gate()
        site.before = { _ in gate.pass() }
        for number in 0..<4 { site.pool.enqueueGlobal(WorkItem(jobBits: UInt(number))) }
        try eventually("one item is held") { gate.waiting == 1 }
        #expect(site.pool.threadCounts.processing == 1)
        site.pool.resize(minimum: 4, maximum: 4, reason: .key)
        try eventually("all four are held at once") { gate.waiting == 4 }
        gate.open()
        try site.finish()
    }

    @Test func `limits are clamped`() throws {
        let site = Site(items: 0, minimum: 1)
        site.pool.resize(minimum: -5, maximum: 0, reason: .key)
        #expect(site.pool.limits == (1, 1))
        site.pool.resize(minimum: 9, maximum: 3, reason: .key)
        #expect(site.pool.limits == (9, 9))
        site.pool.resize(minimum: 1, maximum: 1_000_000, reason: .key)
        #expect(site.pool.limits == (1, ThreadCounts.limit))
        try site.finish()
    }

    @Test func `after a stop each worker ends with the item it has`() throws {
        let site = Site(items: 1_000, minimum: 2)
        let gate = Gate()
        site.before = { _ in gate.pass() }
        for number in 0..<1_000 { site.pool.enqueueGlobal(WorkItem(jobBits: UInt(number))) }
        try eventually("two workers are held") { gate.waiting == 2 }
        site.pool.stop()
        gate.open()
        #expect(site.pool.join(until: Instant.now.advanced(by: .seconds(60))) == [])
        #expect(site.takes.total == 2)
        #expect(site.pool.all.isEmpty)
    }

    @Test func `the goal is the minimum, however timeouts and changes cross`() throws {
        let site = Site(items: 8 * 400, minimum: 1, idleTimeout: .microseconds(30))
        for round in 0..<400 {
            site.pool.resize(minimum: 8, maximum: 8, reason: .key)
            for item in 0..<8 {
                site.pool.enqueueGlobal(WorkItem(jobBits: UInt(round * 8 + item)))
            }
            site.pool.resize(minimum: 1, maximum: 8, reason: .key)
            CurrentThread.yieldProcessor()
            site.pool.resize(minimum: 8, maximum: 8, reason: .key)
            try eventually("round \(round) has run and its workers are gone") {
                site.takes.total == round * 8 + 8 && site.pool.threadCounts.existing == 0
            }
            #expect(site.pool.threadCounts.goal == 8, "in round \(round)")
        }
        try site.finish()
    }

    @Test func `threads carry their numbers, the lowest free one first`() throws {
        let site = Site(items: 3, minimum: 3)
        let gate = Gate()
        site.before = { _ in gate.pass() }
        for number in 0..<3 { site.pool.enqueueGlobal(WorkItem(jobBits: UInt(number))) }
        try eventually("three workers are held") { gate.waiting == 3 }
        #expect(site.pool.all.map(\.number) == [1, 2, 3])
        #expect(Set(["worker-1", "worker-2", "worker-3"]).isSubset(of: ProcessStatus.threadNames))
        gate.open()
        try site.finish()
    }
}
