// SPDX-License-Identifier: Apache-2.0

import Pool
import TestSupport
import Testing

@Suite struct ThreadCountsTests {
    @Test func `three counts share a word and do not touch each other`() {
        var counts = ThreadCounts(processing: 1, existing: 2, goal: 3)
        #expect((counts.processing, counts.existing, counts.goal) == (1, 2, 3))
        counts.existing = ThreadCounts.limit
        #expect((counts.processing, counts.goal) == (1, 3))
        counts.processing = 0
        counts.goal = ThreadCounts.limit
        #expect(counts == ThreadCounts(processing: 0, existing: 32767, goal: 32767))
        #expect(ThreadCounts(word: counts.word) == counts)
    }

    @Test func `work is added up to the goal, by waking before making threads`() {
        var counts = ThreadCounts(processing: 0, existing: 1, goal: 3)
        #expect(add(&counts) == .release)
        #expect(add(&counts) == .create)
        #expect(add(&counts) == .create)
        #expect(add(&counts) == .none)
        #expect(counts == ThreadCounts(processing: 3, existing: 3, goal: 3))
    }

    @Test func `only those above the goal stop`() {
        var counts = ThreadCounts(processing: 3, existing: 4, goal: 2)
        #expect(stop(&counts))
        #expect(!stop(&counts))
        #expect(counts == ThreadCounts(processing: 2, existing: 4, goal: 2))
    }

    @Test func `a worker may go unless a release is on its way to it`() {
        var counts = ThreadCounts(processing: 2, existing: 3, goal: 4)
        #expect(timeOut(&counts, minimum: 1))
        #expect(counts == ThreadCounts(processing: 2, existing: 2, goal: 2))
        #expect(!timeOut(&counts, minimum: 1))
    }

    @Test func `a worker comes back unless a release is on its way to it`() {
        var counts = ThreadCounts(processing: 0, existing: 1, goal: 2)
        #expect(comeBack(&counts))
        #expect(!comeBack(&counts))
        counts = ThreadCounts(processing: 1, existing: 2, goal: 1)
        #expect(!comeBack(&counts))
        #expect(counts == ThreadCounts(processing: 1, existing: 2, goal: 1))
    }

    @Test func `the goal does not fall below the minimum when workers go`() {
        var counts = ThreadCounts(processing: 0, existing: 2, goal: 4)
        #expect(timeOut(&counts, minimum: 3))
        #expect(counts.goal == 3)
        #expect(timeOut(&counts, minimum: 3))
        #expect(counts == ThreadCounts(processing: 0, existing: 0, goal: 3))
        #expect(!timeOut(&counts, minimum: 3))
    }

    @Test func `any order of events keeps processing within existing`() {
        var random = SeededRandom(seed: 0x7c0)
        var counts = ThreadCounts(processing: 0, existing: 0, goal: 4)
        for step in 0..<50_000 {
            switch random.below(6) {
            case 0: _ = counts.addWorking()
            case 1: _ = counts.stopIfAboveGoal()
            case 2: if counts.processing > 0 { counts.processing -= 1 }
            case 3: _ = counts.timeOut(minimum: 1)
            case 4: _ = counts.comeBack()
            default: counts.goal = 1 + random.below(8)
            }
            #expect(counts.processing <= counts.existing, "seed \(random.seed), step \(step)")
            #expect(counts.existing <= 8 && counts.goal >= 1, "seed \(random.seed), step \(step)")
        }
    }

    // Functions, since `#expect` cannot call what mutates.
    private func add(_ counts: inout ThreadCounts) -> ThreadCounts.Addition { counts.addWorking() }
    private func stop(_ counts: inout ThreadCounts) -> Bool { counts.stopIfAboveGoal() }
    private func comeBack(_ counts: inout ThreadCounts) -> Bool { counts.comeBack() }
    private func timeOut(_ counts: inout ThreadCounts, minimum: Int) -> Bool {
        counts.timeOut(minimum: minimum)
    }
}
