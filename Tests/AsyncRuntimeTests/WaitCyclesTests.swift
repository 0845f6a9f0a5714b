// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AsyncRuntime

/// Cycles among waits that are made up.
@Suite struct WaitCyclesTests {
    private func cycles(_ waits: (UInt32, UInt32)...) -> [[UInt32]] {
        WaitCycles(waits.map { .init(waiter: $0.0, awaited: $0.1) }).cycles
    }

    @Test func `who waits for somebody that waits for nobody is in no cycle`() {
        #expect(cycles() == [])
        #expect(cycles((1, 2), (2, 3), (4, 3), (1, 3)) == [])
    }

    @Test func `tasks that wait for each other are one cycle, from the smallest number on`() {
        #expect(cycles((3, 2), (2, 3)) == [[2, 3]])
        #expect(cycles((7, 5), (5, 9), (9, 7)) == [[5, 9, 7]])
        // Others wait for them in vain, but are no part of it.
        #expect(cycles((1, 2), (2, 3), (3, 2), (4, 3)) == [[2, 3]])
    }

    @Test func `a task that waits for itself is one`() {
        #expect(cycles((6, 6)) == [[6]])
    }

    @Test func `a parent waits for all children of its group, of which one waits for it`() {
        let waits = [2, 3, 4].map {
            StateMachineRegistry.Wait(waiter: 1, awaited: $0, isInGroup: true)
        }
        #expect(WaitCycles(waits + [.init(waiter: 3, awaited: 1)]).cycles == [[1, 3]])
    }

    @Test func `each cycle is told once, and not too many`() {
        #expect(cycles((1, 2), (2, 1), (3, 4), (4, 3)) == [[1, 2], [3, 4]])
        let many = (0..<100).map { StateMachineRegistry.Wait(waiter: $0, awaited: $0) }
        #expect(WaitCycles(many).cycles.count == 8)
    }

    @Test func `a long chain is walked`() {
        var waits = (1..<100_000).map {
            StateMachineRegistry.Wait(waiter: $0, awaited: $0 + 1)
        }
        #expect(WaitCycles(waits).cycles.isEmpty)
        waits.append(.init(waiter: 100_000, awaited: 99_999))
        #expect(WaitCycles(waits).cycles == [[99_999, 100_000]])
    }
}
