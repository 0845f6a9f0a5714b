// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// Graphs of states by function, out of what is counted by chain.
///
/// A machine suspended in a chain of functions is in a state of each of them. It goes on in a function
/// where the chain after still has it in another state, or in the same one anew; it has left it where
/// the chain after lacks it, and entered where the chain before did.
struct StateGraphs {
    /// What was counted of one way between two chains.
    struct Way {
        /// Places among the chains; `nil` for none yet and for having ended.
        var from: Int?
        var to: Int?
        var count: Int
        var perSecond: Double
    }

    /// Chains by their rows.
    var chains: [NamedChain]
    /// Machines now, by chain.
    var machines: [Int]
    var ways: [Way]
    /// How long machines were suspended of late, over several chains.
    var waits: ([Int]) -> (p50: Int, p99: Int)?

    private typealias Graph = RuntimeSnapshot.StateGraph

    /// The graph of every function seen: those with machines first.
    func graphs(limit: Int) -> [RuntimeSnapshot.StateGraph] {
        var places: [Int: [Int]] = [:]
        for (row, chain) in chains.enumerated() {
            for function in Set(chain.frames.map(\.function)) {
                places[function, default: []].append(row)
            }
        }
        let arrows = arrows
        return places.map { graph(of: $0.key, in: $0.value, arrows[$0.key] ?? [:]) }
            .filter { !$0.states.isEmpty }
            .sorted { ($1.machines, $0.function) < ($0.machines, $1.function) }
            .prefix(limit).map { $0 }
    }

    private func graph(
        of function: Int,
        in rows: [Int],
        _ arrows: [Ends: (count: Int, perSecond: Double)]
    ) -> RuntimeSnapshot.StateGraph {
        let frames = rows.compactMap { row in
            chains[row].frames.first { $0.function == function }
        }
        let declaration = frames.lazy.compactMap(\.declaration).first
        var graph = Graph(
            function: frames.first?.frame.function ?? "",
            file: declaration?.file ?? frames.first?.frame.file ?? "",
            line: declaration?.line ?? 0
        )
        var byState: [String: [Int]] = [:]
        for row in rows {
            guard let state = state(of: function, in: row) else { continue }
            byState[state, default: []].append(row)
        }
        let names = byState.keys.sorted { StateGraphs.number($0) < StateGraphs.number($1) }
        for name in names {
            let rows = byState[name] ?? []
            let frame = frames.first { $0.frame.state == name }?.frame
            var state = Graph.State(
                name: name,
                line: frame?.line ?? 0,
                machines: rows.reduce(0) { $0 + max(0, machines[$1]) }
            )
            let figures = waits(rows)
            state.p50Microseconds = figures?.p50
            state.p99Microseconds = figures?.p99
            graph.states.append(state)
        }
        let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        graph.arrows = arrows.map { ends, figures in
            Graph.Arrow(
                from: ends.from.flatMap { numbers[$0] } ?? Graph.start,
                to: ends.to.flatMap { numbers[$0] } ?? Graph.done,
                count: figures.count,
                perSecond: figures.perSecond
            )
        }
        .sorted { ($0.from, $0.to) < ($1.from, $1.to) }
        return graph
    }

    /// The states that an arrow leads from and to; `nil` outside of the function.
    private struct Ends: Hashable {
        var from: String?
        var to: String?
    }

    /// What was counted, for each function that a machine entered, stayed in or left.
    private var arrows: [Int: [Ends: (count: Int, perSecond: Double)]] {
        var arrows: [Int: [Ends: (count: Int, perSecond: Double)]] = [:]
        for way in ways where way.count > 0 {
            let rows = [way.from, way.to].compactMap { $0 }
            // One end did not fit in the table: where the arrow leads is not known.
            guard rows.allSatisfy(chains.indices.contains) else { continue }
            for function in Set(rows.flatMap { chains[$0].frames.map(\.function) }) {
                let ends = Ends(
                    from: way.from.flatMap { state(of: function, in: $0) },
                    to: way.to.flatMap { state(of: function, in: $0) }
                )
                guard ends.from != nil || ends.to != nil else { continue }
                arrows[function, default: [:]][ends, default: (0, 0)].count += way.count
                arrows[function]?[ends]?.perSecond += way.perSecond
            }
        }
        return arrows
    }

    /// Where in the function a chain is; `nil` where it is not in it, or only about to start it.
    private func state(of function: Int, in row: Int) -> String? {
        guard chains.indices.contains(row), !chains[row].isStart,
            let state = chains[row].state(of: function), !state.isEmpty
        else { return nil }
        return state
    }

    /// `TQ2` before `TY3` before `TQ10`: the compiler numbers both kinds in one order.
    private static func number(_ state: String) -> Int { Int(state.dropFirst(2)) ?? -1 }
}
