// SPDX-License-Identifier: Apache-2.0

import Telemetry
import Testing

@testable import AsyncRuntime

/// Graphs out of chains, with names and counts made up.
@Suite struct StateGraphsTests {
    private func frame(_ function: String, _ state: String, line: Int) -> NamedChain.Frame {
        NamedChain.Frame(
            function: function == "outer" ? 0 : 1,
            frame: RuntimeSnapshot.Frame(
                function: function,
                state: state,
                file: "File.swift",
                line: line
            ),
            declaration: RuntimeSnapshot.Frame(
                function: function,
                state: "",
                file: "File.swift",
                line: 1
            )
        )
    }

    private func chain(_ frames: NamedChain.Frame..., isStart: Bool = false) -> NamedChain {
        NamedChain(frames: frames, isStart: isStart)
    }

    /// Nothing yet, the start of `outer`, and three chains of it.
    private var chains: [NamedChain] {
        [
            chain(),
            chain(frame("outer", "", line: 1), isStart: true),
            chain(frame("inner", "TY1", line: 12), frame("outer", "TQ0", line: 3)),
            chain(frame("inner", "TY3", line: 14), frame("outer", "TQ0", line: 3)),
            chain(frame("outer", "TY10", line: 5)),
        ]
    }

    private func graphs(_ ways: [StateGraphs.Way]) -> [RuntimeSnapshot.StateGraph] {
        StateGraphs(chains: chains, machines: [0, 2, 5, 7, 1], ways: ways) { rows in
            (rows.count * 10, rows.count * 20)
        }.graphs(limit: 10)
    }

    @Test func `a machine counts in each function of its chain`() throws {
        let graphs = graphs([])
        #expect(graphs.map(\.function) == ["outer", "inner"])
        #expect(graphs[0].machines == 13)
        #expect(graphs[0].states.map(\.name) == ["TQ0", "TY10"])
        #expect(graphs[0].states.map(\.machines) == [12, 1])
        #expect(graphs[0].states.map(\.line) == [3, 5])
        // Both chains in which `outer` is in TQ0.
        #expect(graphs[0].states.map(\.p50Microseconds) == [20, 10])
        #expect(graphs[1].states.map(\.name) == ["TY1", "TY3"])
        #expect(graphs[1].states.map(\.machines) == [5, 7])
    }

    @Test func `arrows enter, stay, go on and leave`() throws {
        let ways = [
            StateGraphs.Way(from: 0, to: 1, count: 9, perSecond: 9),
            StateGraphs.Way(from: 1, to: 2, count: 8, perSecond: 4),
            StateGraphs.Way(from: 2, to: 3, count: 6, perSecond: 3),
            StateGraphs.Way(from: 3, to: 4, count: 5, perSecond: 2),
            StateGraphs.Way(from: 4, to: nil, count: 3, perSecond: 1),
        ]
        let graphs = graphs(ways)
        let start = RuntimeSnapshot.StateGraph.start
        let done = RuntimeSnapshot.StateGraph.done
        let outer = graphs[0].arrows.map { [$0.from, $0.to, $0.count] }
        #expect(outer == [[start, 0, 8], [0, 0, 6], [0, 1, 5], [1, done, 3]])
        let inner = graphs[1].arrows.map { [$0.from, $0.to, $0.count] }
        #expect(inner == [[start, 0, 8], [0, 1, 6], [1, done, 5]])
    }
}

@Suite struct RowTableTests {
    @Test func `keys get rows in the order in which they come, the last is for the rest`() {
        let table = RowTable<Int>(nothing: -1)
        func row(_ key: Int) -> Int {
            table.row(hash: UInt64(key + 1) &* 0x9e37_79b9_7f4a_7c15) { key }
        }
        for _ in 0..<2 {
            for key in 0..<Tally.rows - 2 { #expect(row(key) == key + 1) }
        }
        #expect(table.all.count == Tally.rows - 1)
        // More than there are slots for, and again.
        for _ in 0..<2 {
            for key in Tally.rows..<4 * Tally.rows { #expect(row(key) == Tally.rows - 1) }
        }
        #expect(row(17) == 18)
        #expect(table.count == Tally.rows)
    }

    @Test func `keys that come too late are counted, each once, as far as they are told apart`() {
        let table = RowTable<Int>(nothing: -1)
        func add(_ keys: Range<Int>) {
            for key in keys {
                _ = table.row(hash: UInt64(key + 1) &* 0x9e37_79b9_7f4a_7c15) { key }
            }
        }
        add(0..<Tally.rows - 2)
        #expect(table.lateCount == 0)
        for _ in 0..<3 { add(1000..<1005) }
        #expect(table.lateCount == 5)
        add(2000..<2900)
        #expect(table.lateCount > 100)
    }
}
