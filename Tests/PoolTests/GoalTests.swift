// SPDX-License-Identifier: Apache-2.0

import Kernel
import Synchronization
import TestSupport
import Testing

@testable import Pool

/// The pool with all that moves its goal, on real threads.
///
/// How fast is for the pure values' tests; here it is that things happen, for their reason.
@Suite struct GoalTests {
    @Test func `a starving pool grows, one worker at a time`() throws {
        var switches = GoalAdjustment.Switches.none
        switches.starvationDetection = true
        let site = Site(items: 6, minimum: 1, maximum: 4, switches: switches)
        let gate = Gate()
        site.before = { _ in gate.pass() }
        for number in 0..<6 { site.pool.enqueueGlobal(WorkItem(jobBits: UInt(number))) }
        try eventually("four workers are held") { gate.waiting == 4 }
        gate.open()
        try site.finish()
        #expect(
            Array(site.reasons.prefix(3))
                == ["1 to 2: Starvation", "2 to 3: Starvation", "3 to 4: Starvation"]
        )
    }

    @Test func `workers that say that they block are made up for, and the way back is found`()
        throws
    {
        var switches = GoalAdjustment.Switches.none
        switches.cooperativeBlocking = true
        let site = Site(items: 8, minimum: 1, switches: switches)
        let gate = Gate()
        site.during = { [unowned site] number, worker in
            guard number < 7 else { return }
            site.pool.workerBlocks(worker)
            gate.pass()
            site.pool.workerUnblocks(worker)
        }
        for number in 0..<8 { site.pool.enqueueGlobal(WorkItem(jobBits: UInt(number))) }
        try eventually("seven workers block, and another one works") {
            gate.waiting == 7 && site.pool.blockedCount == 7
        }
        gate.open()
        try eventually("the goal is back") { site.pool.threadCounts.goal == 1 }
        try site.finish()
        #expect(Set(site.reasons.map { $0.split(separator: " ").last }) == ["CooperativeBlocking"])
    }

    @Test func `what a worker that blocks has in its own queue is run by others`() throws {
        var switches = GoalAdjustment.Switches.none
        switches.localHandOver = true
        let site = Site(items: 2, minimum: 2, switches: switches)
        let isInnerDone = Atomic<Bool>(false)
        site.fanOut = { $0 == 0 ? [1] : [] }
        site.during = { [unowned site] number, worker in
            if number == 1 { isInnerDone.store(true, ordering: .releasing) }
            guard number == 0 else { return }
            // It waits for its own child, which lies in its own queue.
            site.pool.workerBlocks(worker)
            while !isInnerDone.load(ordering: .acquiring) { CurrentThread.yieldProcessor() }
            site.pool.workerUnblocks(worker)
        }
        site.pool.enqueueGlobal(WorkItem(jobBits: 0))
        try site.finish()
    }

    @Test func `a goal above the minimum stays where it is, one at the minimum follows it`() throws
    {
        let site = Site(items: 0, minimum: 4)
        site.pool.resize(minimum: 6, maximum: 64, reason: .key)
        site.pool.resize(minimum: 2, maximum: 64, reason: .key)
        site.pool.adjust { adjustment, _ in
            GoalAdjustment.Move(goal: 9, transitions: adjustment.note(9, .starvation))
        }
        site.pool.resize(minimum: 3, maximum: 64, reason: .key)
        site.pool.resize(minimum: 3, maximum: 8, reason: .key)
        try site.finish()
        #expect(
            site.reasons == ["4 to 6: Key", "6 to 2: Key", "2 to 9: Starvation", "9 to 8: Key"]
        )
    }

    @Test func `hill climbing takes samples and keeps to the limits`() throws {
        var switches = GoalAdjustment.Switches.none
        switches.hillClimbing = true
        let site = Site(items: 3_000, minimum: 2, maximum: 6, switches: switches)
        let highest = Atomic<Int>(0)
        site.before = { [unowned site] _ in
            highest.max(site.pool.threadCounts.goal, ordering: .relaxed)
            Parker().park(timeout: .milliseconds(1))
        }
        for number in 0..<3_000 { site.pool.enqueueGlobal(WorkItem(jobBits: UInt(number))) }
        try site.finish()
        #expect(site.pool.hillClimbing.measurement.throughput > 0)
        #expect((3...6).contains(highest.load(ordering: .relaxed)))
        #expect(site.reasons.contains { $0.hasSuffix("ClimbingMove") || $0.hasSuffix("Warmup") })
    }
}
