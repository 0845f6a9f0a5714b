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
            .init(from: 1, to: 0, count: 20, perSecond: 2),
            .init(from: 1, to: 1, count: 10, perSecond: 1),
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
            row.context.isCancelled = false
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

    @Test func `the graph is drawn, with boxes, lanes and rates`() {
        let lines = view(model(120, 36, keys: [.character("m")])).lines
        let rows = ["start", "│ TQ0  :2", "│ TY3  :3", "done"].map { part in
            lines.firstIndex { $0.contains(part) } ?? -1
        }
        #expect(!rows.contains(-1) && rows == rows.sorted(), "\(lines)")
        guard !rows.contains(-1), rows == rows.sorted() else { return }
        // Going straight down, with the rate beside the line.
        #expect(lines[rows[0] + 1].contains("│ 5"), "\(lines)")
        #expect(lines[rows[1] - 1].contains("┌──▼───"))
        #expect(lines[rows[1] + 2].contains("│ 4"))
        #expect(lines[rows[3] - 1].contains("▼ 3 in all"))
        // Back to the state before, in a lane.
        #expect(lines[rows[1]].contains("100ms 104ms │◀┐"), "\(lines)")
        #expect(lines[rows[2]].contains("├─┘ → TQ0 2"), "\(lines)")
        #expect(lines[rows[2] + 1].contains("again 1"))
    }

    @Test func `on a narrow screen the graph names counts, rates and times`() {
        let screen = text(model(50, 24, keys: [.character("m")]))
        #expect(screen.contains("TQ0  :2"))
        #expect(screen.contains("p50 100ms p99 104ms"))
        #expect(screen.contains("→ TY3 4.0/s") || screen.contains("→ TY3 4/s"), "\(screen)")
        #expect(screen.contains("→ done 3 in all"), "\(screen)")
    }

    @Test func `the source has its machines in the gutter`() {
        let screen = view(model(120, 36, keys: [.character("m"), .character("m")])).lines
        let line = screen.first { $0.contains("await read()") } ?? ""
        #expect(line.contains("12"))
        // The three with a row have been there for half a millisecond.
        #expect(line.contains("500µs"), "\(line)")
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

    @Test func `a line of the forest is cut where it is least`() {
        let m = Key.character("m")
        for columns in [40, 60, 80] {
            let lines = view(model(columns, 24, keys: [m, m, m])).lines
            let first = lines.first { $0.contains("#1 serve") } ?? ""
            #expect(first.contains("suspended"), "\(lines)")
            #expect(first.contains("awaits 2 of its children") == (columns > 40), "\(first)")
        }
    }

    @Test(arguments: [(80, 24), (120, 36)]) func `whole screens`(size: (Int, Int)) throws {
        let (columns, rows) = size
        let m = Key.character("m")
        let names = ["states", "source", "forest"]
        var screens: [GoldenFile.Screen] = []
        for glyphs in [Glyphs.unicode, .ascii] {
            for (index, name) in names.enumerated() {
                let keys = Array(repeating: m, count: index + 1)
                let model = model(columns, rows, glyphs: glyphs, keys: keys)
                let kind = glyphs == .ascii ? "ASCII, " : ""
                screens.append(.init(name: kind + name, rows: view(model).lines))
            }
        }
        try GoldenFile(name: "machines-\(columns)x\(rows)").expect(screens)
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
        #expect(screen.contains("no; comes down from #1"), "\(screen)")
        #expect(screen.contains("Server.swift:2"))
        #expect(update(&model, .key(.escape)) == [.command(.watchMachine(nil))])
    }
}
