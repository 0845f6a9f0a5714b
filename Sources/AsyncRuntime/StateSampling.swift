// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Symbols
internal import Telemetry

/// The sampler's reading of the compiler's states: names, counts and rates by function.
// INVARIANT: all mutable properties are touched only by whoever has the sampler's turn.
final class StateSampling: @unchecked Sendable {
    private static let graphLimit = 128

    let symbols = ExecutableSymbols()
    let localTexts: LocalTexts
    private var names: FunctionNames?
    private var chains: [NamedChain] = []
    private var functionNames: [String] = []
    /// Functions of machines that have awaited no operation yet.
    var plain = PlainMachines.Memory()

    init(of locals: ShownTaskLocals) { localTexts = LocalTexts(of: locals) }

    /// What is known now.
    func states(
        of registry: StateMachineRegistry,
        _ totals: Totals,
        _ past: Totals,
        perSecond: (Int, Int) -> Double,
        log: EventLog
    ) -> RuntimeSnapshot.States {
        var states = RuntimeSnapshot.States()
        guard TaskLayout.isKnown else {
            states.missing = "The layout of tasks is not the one of Swift 6.3: no frames are read."
            return states
        }
        states.missing = symbols.missing
        registry.chains.waits.drain(
            functionCount: registry.chains.rowCount,
            atSeconds: log.elapsedSeconds
        )
        // Once more: rows were made since, perhaps of machines in states that were not seen before.
        nameChains(of: registry)
        let counts = totals[.chains]
        states.chains = chains.enumerated().map { row, chain in
            RuntimeSnapshot.Chain(frames: chain.frames.map(\.frame), machines: max(0, counts[row]))
        }
        let ways = registry.chains.allTransitions.enumerated().map { row, way in
            StateGraphs.Way(
                from: Int(way.from),
                to: way.to == ResumeChains.done ? nil : Int(way.to),
                count: totals[.transitions][row],
                perSecond: perSecond(totals[.transitions][row], past[.transitions][row])
            )
        }
        let graphs = StateGraphs(chains: chains, machines: counts, ways: ways) { rows in
            registry.chains.waits.percentiles(functionRows: rows).map { ($0.p50, $0.p99) }
        }
        states.graphs = graphs.graphs(limit: StateSampling.graphLimit)
        tell(registry.watched.all, log, &states)
        states.taskLocals = registry.locals.names
        return states
    }

    /// The stories of machines that are watched.
    private func tell(
        _ stories: [MachineStory],
        _ log: EventLog,
        _ states: inout RuntimeSnapshot.States
    ) {
        let locals = localTexts.look(at: stories.map(\.number))
        let now = Instant.now.nanoseconds
        states.stories = stories.map { $0.told(log, at: now, locals.texts[$0.number]) }
        states.describesForMicroseconds = locals.busySince.map { Int((now &- min($0, now)) / 1000) }
    }

    /// The functions by which people know tasks, by the numbers of their chains; empty where that is not
    /// known.
    ///
    /// Names the chains that were not known before; all of them once symbols are there.
    func functionNames(of registry: StateMachineRegistry) -> [String] {
        guard TaskLayout.isKnown else { return [] }
        symbols.load()
        nameChains(of: registry)
        return functionNames
    }

    private func nameChains(of registry: StateMachineRegistry) {
        guard let functions = symbols.functions else { return }
        if names == nil { names = FunctionNames(functions) }
        guard var names else { return }
        let captures = registry.chains.allChains
        for capture in captures.dropFirst(chains.count) {
            let chain = NamedChain(capture, functions, &names)
            chains.append(chain)
            functionNames.append(chain.frames.map(\.frame).telling?.function ?? "")
        }
        self.names = names
    }
}
