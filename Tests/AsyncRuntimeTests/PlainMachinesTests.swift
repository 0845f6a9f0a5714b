// SPDX-License-Identifier: Apache-2.0

import Telemetry
import Testing

@testable import AsyncRuntime

/// Machines without an operation are listed by the function in which they are.
@Suite struct PlainMachinesTests {
    private static let names = ["", "fill", "pack", "fill"]

    private func row(
        _ function: String,
        running: Int,
        suspended: Int = 0
    )
        -> RuntimeSnapshot.FunctionRow
    {
        var row = RuntimeSnapshot.FunctionRow(
            function: function,
            running: running,
            waiting: [:],
            donePerSecond: 0
        )
        row.suspended = suspended
        return row
    }

    private func counted(isAll: Bool) -> PlainMachines {
        var plain = PlainMachines()
        for chain in [1, 1, 3] { plain.count(chain: chain, isSuspended: true) }
        plain.count(chain: 2, isSuspended: false)
        // Frames that have no name, or none yet.
        plain.count(chain: 0, isSuspended: true)
        plain.count(chain: 9, isSuspended: false)
        plain.isAll = isAll
        return plain
    }

    @Test func `chains of one function are one row, after those of operations`() {
        let plain = counted(isAll: true)
        var rows = [row("task", running: 7, suspended: 7), row("pack", running: 1)]
        plain.spread(over: &rows, plain.byFunction(PlainMachinesTests.names))
        #expect(
            rows == [
                row("task", running: 1, suspended: 1), row("pack", running: 2),
                row("fill", running: 0, suspended: 3),
            ]
        )
    }

    @Test func `of more machines than were looked at, the others have no function`() {
        let plain = counted(isAll: false)
        var rows = [row("task", running: 500, suspended: 2)]
        plain.spread(over: &rows, plain.byFunction(PlainMachinesTests.names))
        #expect(rows[0] == row("task", running: 499, suspended: 0))
        #expect(rows.dropFirst().map(\.function) == ["fill", "pack"])
    }

    @Test func `a function without machines keeps its row for a while`() {
        var memory = PlainMachines.Memory()
        let count = PlainMachines.Count(runnable: 1, suspended: 2)
        #expect(memory.complete(["fill": count], at: 10) == ["fill": count])
        #expect(memory.complete([:], at: 14) == ["fill": PlainMachines.Count()])
        #expect(memory.complete([:], at: 16).isEmpty)
    }
}
