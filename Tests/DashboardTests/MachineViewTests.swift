// SPDX-License-Identifier: Apache-2.0

import Telemetry
import Testing

@testable import Dashboard

/// States, source and forest, of a snapshot made up.
@Suite struct MachineViewTests {
    private static let source = """
        func serve(on port: Int) async {
            let request = await read()
            await pause()
        }
        """

    private func snapshot(missing: String = "") -> RuntimeSnapshot {
        var snapshot = Sample.snapshot(at: 200)
        var states = RuntimeSnapshot.States()
        states.missing = missing
        var graph = RuntimeSnapshot.StateGraph(
            function: "serve",
            file: "/somewhere/Sources/Shop/Server.swift",
            line: 1
        )
        graph.states = [
            .init(name: "TQ0", line: 2, machines: 12), .init(name: "TY3", line: 3, machines: 0),
        ]
        graph.states[0].p50Microseconds = 100_000
        graph.states[0].p99Microseconds = 104_000
        graph.arrows = [
            .init(from: RuntimeSnapshot.StateGraph.start, to: 0, count: 50, perSecond: 5),
            .init(from: 0, to: 1, count: 40, perSecond: 4),
            .init(from: 1, to: RuntimeSnapshot.StateGraph.done, count: 3, perSecond: 0),
        ]
        if missing.isEmpty {
            states.graphs = [graph, .init(function: "other", file: "", line: 0)]
            states.chains = [
                .init(frames: [], machines: 0),
                .init(
                    frames: [.init(function: "serve", state: "TQ0", file: graph.file, line: 2)],
                    machines: 12
                ),
            ]
        }
        snapshot.detail?.states = states
        snapshot.detail?.machines = (1...3).map { number in
            var row = RuntimeSnapshot.MachineRow(
                number: number,
                function: "task",
                state: number == 1 ? "suspended" : "sleep",
                descriptor: -1,
                ageMicroseconds: 1000,
                sinceMicroseconds: 500,
                runningMicroseconds: 200,
                queuedMicroseconds: 300,
                waitingMicroseconds: 500,
                hops: 1,
                thread: "worker-1",
                site: ""
            )
            row.context.chain = 1
            row.context.isOfLastRun = number == 1
            if number > 1 {
                row.context.origin = .group
                row.context.parent = 1
            }
            return row
        }
        return snapshot
    }

    private func model(
        _ columns: Int,
        _ rows: Int,
        glyphs: Glyphs = .unicode,
        missing: String = "",
        keys: [Key]
    ) -> Model {
        var model = Model(
            size: Size(columns: columns, rows: rows),
            glyphs: glyphs,
            sources: SourceLibrary([("Shop/Server.swift", Self.source)])
        )
        _ = update(&model, .snapshot(snapshot(missing: missing)))
        for key in keys { _ = update(&model, .key(key)) }
        return model
    }

    private func text(_ model: Model) -> String { view(model).lines.joined(separator: "\n") }

    @Test(arguments: [(80, 24), (120, 36), (40, 15)])
    func `m shows states, then source, then forest, then the panes`(size: (Int, Int)) {
        let (columns, rows) = size
        let m = Key.character("m")
        let states = text(model(columns, rows, keys: [m]))
        #expect(states.contains("TQ0"))
        #expect(states.contains("start"))
        let source = text(model(columns, rows, keys: [m, m]))
        #expect(source.contains("func"))
        let forest = text(model(columns, rows, keys: [m, m, m]))
        #expect(forest.contains("#2"))
        let panes = model(columns, rows, keys: [m, m, m, m])
        #expect(panes.overlay == nil)
    }

    @Test func `the graph names counts, rates and times`() {
        let screen = text(model(80, 24, keys: [.character("m")]))
        #expect(screen.contains("TQ0  :2"))
        #expect(screen.contains("p50 100ms p99 104ms"))
        #expect(screen.contains("→ TY3 4.0/s") || screen.contains("→ TY3 4/s"), "\(screen)")
        #expect(screen.contains("→ done 3 in all"), "\(screen)")
    }

    @Test func `the source has its machines in the gutter`() {
        let screen = view(model(120, 36, keys: [.character("m"), .character("m")])).lines
        let line = screen.first { $0.contains("await read()") } ?? ""
        #expect(line.contains("12"))
        #expect(line.contains("100ms"))
        let ascii = view(
            model(80, 24, glyphs: .ascii, keys: [.character("m"), .character("m")])
        ).lines
        #expect(ascii.allSatisfy { $0.allSatisfy(\.isASCII) })
        #expect(ascii.contains { $0.contains("12 ####") && $0.contains("await read()") })
    }

    @Test func `the forest folds, and says who awaits its children`() {
        let m = Key.character("m")
        let open = text(model(120, 36, keys: [m, m, m]))
        #expect(open.contains("awaits 2 of its children"))
        #expect(open.contains("as of its last run"))
        let folded = text(model(120, 36, keys: [m, m, m, .home, .enter]))
        #expect(!folded.contains("#2 serve"))
        #expect(folded.contains("+ #1 serve"))
    }

    @Test func `where symbols are missing the view says so`() {
        let screen = text(
            model(80, 24, missing: "The executable has no .symtab.", keys: [.character("m")])
        )
        #expect(screen.contains("The executable has no .symtab."))
    }

    @Test func `an open machine is watched, a closed one is not`() {
        var model = model(120, 36, keys: [.character("4"), .character("G")])
        let opened = update(&model, .key(.enter))
        #expect(opened == [.command(.watchMachine(3))])
        let screen = text(model)
        #expect(screen.contains("a task group of #1"))
        #expect(screen.contains("Server.swift:2"))
        #expect(update(&model, .key(.escape)) == [.command(.watchMachine(nil))])
    }
}
