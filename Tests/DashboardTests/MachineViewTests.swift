// SPDX-License-Identifier: Apache-2.0

import Telemetry
import Testing

@testable import Dashboard

/// States, source and forest, of a snapshot made up.
@Suite struct MachineViewTests {
    private func model(
        _ columns: Int,
        _ rows: Int,
        glyphs: Glyphs = .unicode,
        missing: String = "",
        keys: [Key]
    ) -> Model {
        MachineSample.model(columns, rows, glyphs: glyphs, missing: missing, keys: keys)
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

    @Test func `m on a function opens its states, whichever type it belongs to`() {
        var snapshot = MachineSample.snapshot(missing: "")
        var graph = snapshot.detail?.states.graphs[0] ?? .init(function: "", file: "", line: 0)
        graph.function = "Shop.serve"
        var other = graph
        other.function = "Shop.fetch"
        other.states[0].machines = 99
        snapshot.detail?.states.graphs = [graph, other]
        snapshot.detail?.functions = [
            .init(function: "serve", running: 9, waiting: [:], donePerSecond: 0)
        ]
        var model = model(120, 36, keys: [.character("4")])
        snapshot.elapsedSeconds += 1
        _ = update(&model, .snapshot(snapshot))
        // From the first machine up to the functions.
        for key in [Key.home, .up, .character("m")] { _ = update(&model, .key(key)) }
        #expect(text(model).contains("Shop.serve  Server.swift:"), "\(text(model))")
        #expect(!text(model).contains("{1} is the first closure"))
        snapshot.detail?.states.graphs[0].function = "Shop.serve {1}"
        snapshot.detail?.states.graphs.removeLast()
        snapshot.elapsedSeconds += 1
        _ = update(&model, .snapshot(snapshot))
        #expect(text(model).contains("{1} is the first closure or async let"), "\(text(model))")
    }

    @Test func `the source begins at the function, or else at its first state`() {
        var view = MachineView()
        view.kind = .source
        var graph = RuntimeSnapshot.StateGraph(function: "f", file: "f.swift", line: 50)
        graph.states = [
            .init(name: "TQ0", line: 0, machines: 0), .init(name: "TQ1", line: 82, machines: 1),
            .init(name: "TQ2", line: 80, machines: 1),
        ]
        func first() -> Int { SourceText.firstLine(of: graph, view: view, count: 200, room: 20) }
        #expect(first() == 47)
        graph.line = 0
        #expect(first() == 77)
        graph.states = []
        #expect(first() == 0)
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
        #expect(open.contains("awaits its group, 2 left"))
        #expect(open.contains("as of its last run"))
        let folded = text(model(120, 36, keys: [m, m, m, .home, .enter]))
        #expect(!folded.contains("#2 serve"))
        #expect(folded.contains("+ #1 serve"))
    }

    @Test func `the forest says what a task awaits only as far as it is known`() {
        let m = Key.character("m")
        func line(_ change: (inout RuntimeSnapshot.Detail) -> Void) -> String {
            var snapshot = MachineSample.told
            if var detail = snapshot.detail {
                change(&detail)
                snapshot.detail = detail
            }
            var model = model(120, 36, keys: [m, m, m])
            _ = update(&model, .snapshot(snapshot))
            return view(model).lines.first { $0.contains("#1 serve") } ?? ""
        }
        #expect(line { _ in }.contains("awaits its group, 2 left"))
        #expect(line { $0.states.waits.waits = [] }.contains("awaits no task in sight"))
        let some = line {
            $0.states.waits.waits = []
            $0.states.waits.isAll = false
        }
        #expect(some.contains("awaits no task that was looked at"))
        let nothing = line { $0.states.waits = .init() }
        #expect(nothing.contains("what it awaits is not known"))
        #expect(
            line { $0.states.waits.waits = [.init(waiter: 1, awaited: 99)] }.contains("awaits #99")
        )
        let sleep = line {
            $0.states.waits.waits = []
            $0.machines[0].context.isOfLastRun = false
            $0.machines[1].context.origin = .sleep
        }
        #expect(sleep.contains("sleeps in #2"))
    }

    @Test func `who awaits a task is said at that task, but for its parent`() {
        let m = Key.character("m")
        var snapshot = MachineSample.told
        snapshot.detail?.states.waits.waits = [2, 7, 9, 8].map { .init(waiter: $0, awaited: 1) }
        snapshot.detail?.states.waits.waits.append(.init(waiter: 1, awaited: 3))
        snapshot.diagnoses = ["Deadlock: tasks that await each other, #1 serve -> #3 serve -> #1"]
        var model = model(160, 36, keys: [m, m, m])
        _ = update(&model, .snapshot(snapshot))
        let lines = view(model).lines
        #expect(
            lines.contains { $0.contains("#1 serve") && $0.contains("awaited by #2, #7, #8 and 1") }
        )
        #expect(!lines.contains { $0.contains("#3 serve ") && $0.contains("awaited by") })
        #expect(lines.contains { $0.contains("Deadlock: tasks that await each other") })
    }

    @Test func `a line of the forest is cut where it is least`() {
        let m = Key.character("m")
        for columns in [40, 60, 80] {
            let lines = view(model(columns, 24, keys: [m, m, m])).lines
            let first = lines.first { $0.contains("#1 serve") } ?? ""
            #expect(first.contains("suspended"), "\(lines)")
            #expect(first.contains("awaits its group, 2 left") == (columns > 40), "\(first)")
        }
    }

    private static let screens: [(name: String, keys: [Key])] = [
        ("list", [.character("4"), .character("G"), .character("z")]),
        ("states", [.character("m")]),
        ("source", [.character("m"), .character("m")]),
        ("forest", [.character("m"), .character("m"), .character("m"), .end]),
        ("detail", [.character("4"), .character("G"), .enter]),
        ("detail, its end", [.character("4"), .character("G"), .enter, .end]),
    ]

    /// A screen with what is known of a machine that is watched.
    private func told(
        _ size: (Int, Int),
        _ keys: [Key],
        glyphs: Glyphs = .unicode,
        hasColors: Bool = true
    ) -> Frame {
        var model = MachineSample.model(
            size.0,
            size.1,
            glyphs: glyphs,
            hasColors: hasColors,
            keys: []
        )
        _ = update(&model, .snapshot(MachineSample.told))
        for key in keys { _ = update(&model, .key(key)) }
        return view(model)
    }

    @Test(arguments: [(80, 24), (120, 36)]) func `whole screens`(size: (Int, Int)) throws {
        var screens: [GoldenFile.Screen] = []
        for glyphs in [Glyphs.unicode, .ascii] {
            for (name, keys) in Self.screens {
                let kind = glyphs == .ascii ? "ASCII, " : ""
                let rows = told(size, keys, glyphs: glyphs).lines
                screens.append(.init(name: kind + name, rows: rows))
            }
        }
        try GoldenFile(name: "machines-\(size.0)x\(size.1)").expect(screens)
    }

    /// A terminal without colours shows glyphs, words, and what it makes of the styles.
    @Test(arguments: [(80, 24), (120, 36)]) func `the styles in mono, a letter each`(
        size: (Int, Int)
    ) throws {
        try GoldenFile(name: "machines-\(size.0)x\(size.1)-styles").expect(
            Self.screens.map { name, keys in
                let frame = told(size, keys, hasColors: false)
                return .init(name: name, rows: StyleLetters.rows(of: frame))
            }
        )
    }

    @Test func `where symbols are missing the view says so`() {
        let screen = text(
            model(80, 24, missing: "The executable has no .symtab.", keys: [.character("m")])
        )
        #expect(screen.contains("The executable has no .symtab."))
    }

    @Test func `what came too late for the tables is counted beside the graph`() {
        var model = model(120, 36, keys: [.character("m")])
        #expect(!text(model).contains("too late"))
        var snapshot = MachineSample.snapshot()
        snapshot.machines.chainsLeftOut = 7
        snapshot.machines.waysLeftOut = 31
        snapshot.machines.leftOut = 5
        snapshot.elapsedSeconds += 1
        _ = update(&model, .snapshot(snapshot))
        let screen = text(model)
        #expect(screen.contains("7 chains of functions, 31 ways"), "\(screen)")
        #expect(screen.contains("no graph: 5."), "\(screen)")
    }
}
