// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AsyncRuntime

/// Rows for new machines, with the clock handed in.
@Suite struct RowBudgetTests {
    private static let start: UInt64 = 1_000_000_000_000

    @Test func `a burst has rows, what comes beyond it has none, and time brings new ones`() {
        var budget = RowBudget()
        let now = Self.start
        func taken(of count: UInt64, at time: UInt64) -> Int {
            (0..<count).count { _ in budget.take(at: time) }
        }
        let burst = Int(RowBudget.burst)
        #expect(taken(of: RowBudget.burst + 10, at: now) == burst)
        // The time in which two rows come.
        #expect(taken(of: 10, at: now + 2 << 16) == 2)
        // However long it rests, no more than a burst.
        #expect(taken(of: 2 * RowBudget.burst, at: now + 3_600_000_000_000) == burst)
    }

    @Test func `without rows the clock is looked at once in a while only`() {
        var budget = RowBudget()
        for _ in 0..<RowBudget.burst { _ = budget.take(at: Self.start) }
        var looks = 0
        var taken = 0
        for _ in 0..<6400 {
            let row = budget.take {
                looks += 1
                return Self.start
            }
            if row != nil { taken += 1 }
        }
        #expect(looks == 100)
        #expect(taken == 0)
        #expect(budget.lookedAt == Self.start)
        // At the next look there are rows again, and what the clock said comes with the row.
        let later = Self.start + 5_000_000_000
        let rows = (0..<64).compactMap { _ in budget.take { later } }
        #expect(rows == [later])
        let next = budget.take { later + 1 }
        #expect(next == later + 1)
    }

    @Test func `a word tells a machine with a slot from one that is counted`() {
        let slotted = MachineWord(0xffff_ffff, runtime: 511, slot: (1 << 22) - 1)
        #expect(!slotted.isCounted)
        #expect(slotted.slot == (1 << 22) - 1)
        #expect(slotted.runtime == 511)
        var counted = MachineWord(counted: 7, runtime: 3, at: Self.start)
        #expect(counted.isCounted)
        #expect(counted.slot == 0)
        #expect(counted.runtime == 3)
        #expect(!counted.hasRun)
        counted.hasRun = true
        #expect(counted.hasRun)
        #expect(counted.slot == 0)
        #expect(counted.runtime == 3)
        // To a step of the stamp, 4.2 ms.
        for age: UInt64 in [0, 1, 10_000_000, 3_600_000_000_000] {
            let now = Self.start + age
            let seen = counted.firstSeen(at: now)
            #expect(seen <= now)
            // A clock that was read before is none that stands two hours later.
            #expect(counted.firstSeen(at: Self.start - 8_000_000) <= Self.start)
            #expect(counted.firstSeen(at: Self.start - 8_000_000) >= Self.start - 8_000_000)
            #expect(max(seen, Self.start) - min(seen, Self.start) <= 1 << 22)
        }
    }
}
