// SPDX-License-Identifier: Apache-2.0

import Pool
import Testing

@Suite struct StarvationRuleTests {
    private let full = ThreadCounts(processing: 4, existing: 4, goal: 4)

    private func goal(
        _ rule: StarvationRule,
        _ counts: ThreadCounts,
        since: Duration = .milliseconds(501),
        isRequested: Bool = true,
        isBlockingPending: Bool = false
    ) -> Int? {
        rule.newGoal(
            counts: counts,
            maximum: 8,
            sinceDequeue: since,
            isRequested: isRequested,
            isBlockingPending: isBlockingPending
        )
    }

    @Test func `one is added only if all that the rule asks for is so`() {
        let rule = StarvationRule(utilization: 79)
        #expect(goal(rule, full) == 5)
        #expect(goal(rule, full, since: .milliseconds(500)) == nil, "more than, not as much as")
        #expect(goal(rule, full, isRequested: false) == nil)
        #expect(goal(rule, full, isBlockingPending: true) == nil)
        #expect(goal(StarvationRule(isEnabled: false), full) == nil)
        #expect(goal(rule, ThreadCounts(processing: 3, existing: 4, goal: 4)) == nil)
        #expect(goal(rule, ThreadCounts(processing: 8, existing: 8, goal: 8)) == nil)
        #expect(goal(rule, ThreadCounts(processing: 6, existing: 6, goal: 4)) == 7)
    }

    @Test func `a busy machine is given a second for each thread`() {
        let rule = StarvationRule(utilization: 80)
        #expect(goal(rule, full, since: .milliseconds(4000)) == nil)
        #expect(goal(rule, full, since: .milliseconds(4001)) == 5)
    }

    @Test(arguments: [(0, 60), (1, 60), (30, 60)])
    func `each second tick adds one if the new worker dequeues after the tick`(
        delay: Int,
        seconds: Int
    ) {
        var counts = ThreadCounts(processing: 2, existing: 2, goal: 2)
        var dequeued = 0
        for now in stride(from: 500, through: seconds * 1000, by: 500) {
            let new = StarvationRule().newGoal(
                counts: counts,
                maximum: 32767,
                sinceDequeue: .milliseconds(now - dequeued),
                isRequested: true,
                isBlockingPending: false
            )
            guard let new else { continue }
            counts = ThreadCounts(processing: new, existing: new, goal: new)
            dequeued = now + delay
        }
        // 500 ms is not more than 500 ms, so a tick is always skipped: one a second.
        #expect(counts.goal == 2 + 60)
    }

    @Test func `the gate thread parks after two quiet ticks`() {
        var budget = GateBudget()
        let first = budget.wake()
        let second = budget.wake()
        #expect(first && !second)
        var parks: [Bool] = []
        for isRequested in [false, true, false] {
            parks.append(budget.endTick(isRequested: isRequested, isBlockingPending: false))
        }
        #expect(parks == [false, false, true])
        let again = budget.wake()
        #expect(again)
    }
}
