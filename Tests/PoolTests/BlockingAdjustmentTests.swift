// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Pool

@Suite struct BlockingAdjustmentTests {
    /// Four processors; every thread blocks as soon as it is there.
    private struct Gate {
        var blocking = BlockingAdjustment(parameters: .init(processorCount: 4))
        var counts = ThreadCounts(processing: 4, existing: 4, goal: 4)
        var limits = 4...100
        var used = 0
        var limit = 0

        mutating func block(_ count: Int) -> Int {
            var wakes = 0
            for _ in 0..<count where blocking.block(goal: counts.goal, limits: limits) {
                wakes += 1
            }
            return wakes
        }

        mutating func unblock(_ count: Int) -> Int {
            var wakes = 0
            for _ in 0..<count where blocking.unblock(goal: counts.goal, limits: limits) {
                wakes += 1
            }
            return wakes
        }

        mutating func perform(isDelayOver: Bool = false) -> BlockingAdjustment.Outcome {
            var tick = BlockingAdjustment.Tick(
                counts: counts,
                limits: limits,
                isRequested: true,
                isDelayOver: isDelayOver
            )
            tick.usedBytes = used
            tick.limitBytes = limit
            let outcome = blocking.perform(tick)
            if let goal = outcome.goal {
                let existing = max(counts.existing, goal)
                counts = ThreadCounts(processing: goal, existing: existing, goal: goal)
            }
            return outcome
        }
    }

    @Test func `eight at once, then by steps of 25 ms up to 250 ms`() {
        var gate = Gate()
        let wakes = gate.block(90)
        #expect(wakes == 1)
        var outcome = gate.perform()
        #expect(outcome.goal == 8 && outcome.addsWorker)
        var time = 0
        var times: [Int: Int] = [:]
        while let delay = outcome.delay {
            time += Int(delay / .milliseconds(1))
            outcome = gate.perform(isDelayOver: true)
            times[gate.counts.goal] = time
        }
        #expect((times[9], times[12], times[13], times[16]) == (25, 100, 150, 300))
        #expect(times[44] == 4500)
        #expect((times[45], times[46]) == (4750, 5000))
        #expect(gate.counts.goal == 94)
        #expect(gate.blocking.pending == .none)
    }

    @Test func `threads that exist come without a delay`() {
        var gate = Gate(counts: ThreadCounts(processing: 4, existing: 20, goal: 4))
        _ = gate.block(40)
        let outcome = gate.perform()
        #expect(outcome.goal == 20)
        #expect(outcome.delay == .milliseconds(25 * (1 + 12 / 4)))
    }

    @Test func `only what blocking added is taken back`() {
        var gate = Gate()
        _ = gate.block(4)
        let up = gate.perform()
        #expect(up.goal == 8 && gate.blocking.addedCount == 4)
        // Starvation or hill climbing adds two on their own account.
        gate.counts = ThreadCounts(processing: 10, existing: 10, goal: 10)
        let wakes = gate.unblock(4)
        #expect(wakes == 1)
        #expect(gate.blocking.pending == .immediately)
        let down = gate.perform()
        #expect(down == BlockingAdjustment.Outcome(goal: 6, addsWorker: false, delay: nil))
        #expect(gate.blocking.addedCount == 0)
    }

    @Test func `memory stops it, and lets so many more as fit`() {
        var gate = Gate(used: 800_000_000, limit: 1_000_000_000)
        _ = gate.block(4)
        let none = gate.perform()
        #expect(none == BlockingAdjustment.Outcome())
        gate.used = 800_000_000 - (4 + 2) * 65536
        _ = gate.block(1)
        let two = gate.perform()
        #expect(two.goal == 6)
    }

    @Test func `the maximum bounds the target`() {
        var gate = Gate(limits: 4...6)
        _ = gate.block(4)
        let outcome = gate.perform()
        #expect(outcome.goal == 6 && outcome.delay == nil)
        #expect(gate.blocking.pending == .none)
    }

    @Test func `a new minimum is left to blocking only while something blocks`() {
        var gate = Gate()
        let quiet = gate.blocking.minimumChanged()
        _ = gate.block(1)
        let asked = gate.blocking.minimumChanged()
        #expect(!quiet && asked)
    }
}
