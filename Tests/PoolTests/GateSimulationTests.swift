// SPDX-License-Identifier: Apache-2.0

import Kernel
import Testing

@testable import Pool

/// Gate thread, starvation and cooperative blocking together, on four processors and in manual time:
/// the rates that .NET documents come out exactly.
@Suite struct GateSimulationTests {
    @Test func `held workers that say nothing are made up for once a second`() {
        var pool = SimulatedPool(processors: 4) { _ in .holds }
        pool.enqueue()
        pool.run(milliseconds: 60_000)
        // Half a second is not more than half a second: each second tick adds one.
        #expect(pool.counts.goal == 4 + 60)
        #expect(pool.times[5] == 1_000 && pool.times[6] == 2_000 && pool.times[64] == 60_000)
        #expect(Set(pool.reasons) == [.starvation])
    }

    @Test func `workers that say that they block: eight at once, then by steps up to 250 ms`() {
        var pool = SimulatedPool(processors: 4) { _ in .blocksAndSaysSo }
        pool.enqueue()
        pool.run(milliseconds: 60_000)
        #expect(pool.times[8] == 0)
        #expect((pool.times[9], pool.times[12]) == (25, 100))
        #expect((pool.times[13], pool.times[16]) == (150, 300))
        #expect(pool.times[44] == 4_500)
        // From there on four a second; starvation has no part in it.
        #expect(pool.times[48] == 5_500 && pool.times[100] == 18_500)
        #expect(pool.counts.goal == 44 + (60_000 - 4_500) / 250)
        #expect(Set(pool.reasons) == [.cooperativeBlocking])
    }

    @Test func `classic injection has to do where cooperative blocking is off`() {
        var switches = GoalAdjustment.Switches()
        switches.cooperativeBlocking = false
        // What the switch turns off is that workers say so.
        var pool = SimulatedPool(processors: 4, switches: switches) { _ in .holds }
        pool.enqueue()
        pool.run(milliseconds: 10_000)
        #expect(pool.counts.goal == 14)
        switches.starvationDetection = false
        var helpless = SimulatedPool(processors: 4, switches: switches) { _ in .holds }
        helpless.enqueue()
        helpless.run(milliseconds: 60_000)
        #expect(helpless.counts.goal == 4 && helpless.reasons.isEmpty)
    }

    @Test func `only what blocking added is taken back when all goes on`() {
        // Six say that they block; those that come after them hold their workers silently.
        var pool = SimulatedPool(processors: 4) { $0 <= 6 ? .blocksAndSaysSo : .holds }
        pool.enqueue()
        pool.run(milliseconds: 999)
        #expect(pool.counts.goal == 10)
        #expect(pool.adjustment.blocking.addedCount == 6)
        // Starvation takes over, with one a second.
        pool.run(milliseconds: 20_000)
        #expect(pool.counts.goal == 30)
        pool.clear()
        pool.unblock(6)
        #expect(pool.counts.goal == 24)
        #expect(pool.adjustment.blocking.addedCount == 0)
    }

    @Test func `the gate thread parks after two quiet ticks and comes back for work`() {
        var pool = SimulatedPool(processors: 4) { _ in .holds }
        #expect(pool.isParked)
        pool.enqueue()
        pool.run(milliseconds: 3_000)
        #expect(!pool.isParked)
        pool.clear()
        pool.run(milliseconds: 999)
        #expect(!pool.isParked)
        pool.run(milliseconds: 1)
        #expect(pool.isParked)
        let goal = pool.counts.goal
        pool.run(milliseconds: 3_600_000)
        #expect(pool.counts.goal == goal)
        pool.enqueue()
        pool.run(milliseconds: 1_000)
        #expect(pool.counts.goal == goal + 1)
    }
}
