// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// A function's state graph, drawn: start, a box for each state, done, below each other.
///
/// What goes on to the next state goes straight down; all other ways are lanes to the right of the
/// boxes, the shortest innermost. Behind the lanes each row names where its ways lead, and how often
/// they are gone.
struct StateGraphDrawing {
    /// Columns of a box: border, name, line, count, bar, half, most, border.
    private static let boxWidth = 36
    private static let barWidth = 4
    /// What stands in the columns of a box.
    static let heading = "  state line   now       p50   p99"
    private static let labelWidth = 13
    /// Where what goes straight down leaves a box.
    private static let spine = 3

    let graph: RuntimeSnapshot.StateGraph
    let glyphs: Glyphs
    let size: Size
    /// Whether states have boxes around them, four rows each; otherwise two.
    private let isTall: Bool
    private let lanes: [Lane]
    private let laneCount: Int

    private typealias Arrow = RuntimeSnapshot.StateGraph.Arrow

    /// A way that leaves the column of boxes.
    private struct Lane {
        var arrow: Arrow
        var index: Int
    }

    /// Fails where there is no room for boxes and a lane.
    init?(graph: RuntimeSnapshot.StateGraph, glyphs: Glyphs, width: Int, rows: Int) {
        let room = (width - Self.boxWidth - Self.labelWidth - 1) / 2
        guard room >= 1, !graph.states.isEmpty else { return nil }
        self.graph = graph
        self.glyphs = glyphs
        isTall = 4 * graph.states.count + 3 <= rows
        lanes = Self.lanes(of: graph, atMost: room)
        laneCount = (lanes.map(\.index).max() ?? -1) + 1
        let each = isTall ? 4 : 2
        size = Size(columns: width, rows: each * graph.states.count + 3)
    }

    /// Places of the nodes from top to bottom: 0 is the start, the last is the end.
    private static func node(_ place: Int, of graph: RuntimeSnapshot.StateGraph) -> Int {
        switch place {
        case RuntimeSnapshot.StateGraph.start: 0
        case RuntimeSnapshot.StateGraph.done: graph.states.count + 1
        default: place + 1
        }
    }

    private static func isStraight(_ arrow: Arrow, in graph: RuntimeSnapshot.StateGraph) -> Bool {
        node(arrow.to, of: graph) == node(arrow.from, of: graph) + 1
    }

    /// The shortest ways get the innermost lanes; no two that share a row are in one lane.
    private static func lanes(
        of graph: RuntimeSnapshot.StateGraph,
        atMost limit: Int
    ) -> [Lane] {
        let arrows = graph.arrows.filter { $0.from != $0.to && !isStraight($0, in: graph) }
            .sorted { length($0, graph) < length($1, graph) }
        var taken: [[ClosedRange<Int>]] = []
        var lanes: [Lane] = []
        for arrow in arrows {
            let ends = [node(arrow.from, of: graph), node(arrow.to, of: graph)]
            let range = (ends.min() ?? 0)...(ends.max() ?? 0)
            let free = taken.firstIndex { $0.allSatisfy { !$0.overlaps(range) } } ?? taken.count
            guard free < limit else { continue }
            if free == taken.count { taken.append([]) }
            taken[free].append(range)
            lanes.append(Lane(arrow: arrow, index: free))
        }
        return lanes
    }

    private static func length(_ arrow: Arrow, _ graph: RuntimeSnapshot.StateGraph) -> Int {
        abs(node(arrow.from, of: graph) - node(arrow.to, of: graph))
    }

    // MARK: Drawing

    /// The row of a node's text.
    private func row(_ node: Int) -> Int {
        if node == 0 { return 0 }
        if node > graph.states.count { return size.rows - 1 }
        return isTall ? 4 * node - 1 : 2 * node
    }

    var lines: [[Span]] {
        var cells = CellCanvas(size: size)
        var lines = Borders(size: size)
        for node in 0...graph.states.count + 1 {
            drawNode(node, on: &cells)
            if isTall, (1...graph.states.count).contains(node) {
                let box = Rect(column: 0, row: row(node) - 1, columns: Self.boxWidth, rows: 3)
                lines.addBox(box)
            }
        }
        for arrow in graph.arrows where Self.isStraight(arrow, in: graph) {
            drawStraight(arrow, &lines, &cells)
        }
        for lane in lanes { draw(lane, &lines, &cells) }
        drawLabels(on: &cells)
        return cells.lines(over: lines, glyphs: glyphs)
    }

    private func drawNode(_ node: Int, on cells: inout CellCanvas) {
        let row = row(node)
        guard (1...graph.states.count).contains(node) else {
            let word = node == 0 ? "start" : "done"
            cells.draw([Span(word, .heading)], column: 1, row: row)
            return
        }
        let state = graph.states[node - 1]
        let most = max(1, graph.states.map(\.machines).max() ?? 1)
        let length = (state.machines * Self.barWidth + most - 1) / most
        let style: Style = state.machines > 0 ? .waiting : .dim
        let bar = String(repeating: glyphs.shares[0], count: length).left(Self.barWidth)
        let times = [state.p50Microseconds, state.p99Microseconds].map { time in
            let text = time.map { Quantity.duration(microseconds: $0, glyphs: glyphs) } ?? "-"
            return " " + text.right(Quantity.durationWidth)
        }
        let line = state.line > 0 ? ":\(state.line)" : ""
        cells.draw(
            [
                Span(state.name.left(5), .strong), Span(line.left(6), .dim),
                Span(Quantity.count(state.machines).right(Quantity.countWidth), style),
                Span(" \(bar)", style), Span(times.joined()),
            ],
            column: 2,
            row: row
        )
    }

    private func drawStraight(
        _ arrow: Arrow,
        _ lines: inout Borders,
        _ cells: inout CellCanvas
    ) {
        let from = Self.node(arrow.from, of: graph)
        let first = row(from) + (isTall && from > 0 ? 1 : 0)
        let style = Self.style(arrow)
        let head = isTall ? row(from + 1) - 1 : first + 1
        if isTall { lines.addColumn(Self.spine, from: first, to: head) }
        cells.draw([Span(rate(arrow), style)], column: Self.spine + 2, row: first + 1)
        cells.draw([Span(glyphs.descending, style)], column: Self.spine, row: head)
    }

    private func draw(_ lane: Lane, _ lines: inout Borders, _ cells: inout CellCanvas) {
        let column = Self.boxWidth + 1 + 2 * lane.index
        let from = row(Self.node(lane.arrow.from, of: graph))
        let to = row(Self.node(lane.arrow.to, of: graph))
        let isBox = isTall && lane.arrow.from >= 0
        let first = start(ofRow: lane.arrow.from) - (isBox ? 1 : 0)
        lines.addRule(row: from, from: first, to: column)
        lines.addRule(row: to, from: start(ofRow: lane.arrow.to), to: column)
        lines.addColumn(column, from: min(from, to), to: max(from, to))
        cells.draw(
            [Span(glyphs.back, Self.style(lane.arrow))],
            column: start(ofRow: lane.arrow.to),
            row: to
        )
    }

    /// Where the lines of a node's row begin: at its box, or behind its word.
    private func start(ofRow place: Int) -> Int {
        if place == RuntimeSnapshot.StateGraph.start { return 7 }
        return place == RuntimeSnapshot.StateGraph.done ? 6 : Self.boxWidth
    }

    /// Where the ways of each row lead, and how often.
    private func drawLabels(on cells: inout CellCanvas) {
        let column = Self.boxWidth + 2 * laneCount + 1
        for node in 0...graph.states.count {
            let onward = graph.arrows.filter {
                Self.node($0.from, of: graph) == node && !Self.isStraight($0, in: graph)
            }
            .sorted { ($1.perSecond, $1.count) < ($0.perSecond, $0.count) }
            let room = row(node + 1) - row(node)
            for (index, arrow) in onward.prefix(room).enumerated() {
                let isLast = index == room - 1 && onward.count > room
                let more = isLast ? " +\(onward.count - room)" : ""
                let text = "\(name(arrow)) \(rate(arrow))\(more)"
                let row = row(node) + index
                cells.draw([Span(text, Self.style(arrow))], column: column, row: row)
            }
        }
    }

    private func name(_ arrow: Arrow) -> String {
        if arrow.to == arrow.from { return "again" }
        let to =
            graph.states.indices.contains(arrow.to) ? graph.states[arrow.to].name : "done"
        return "\(glyphs.becomes) \(to)"
    }

    private static func style(_ arrow: Arrow) -> Style { arrow.perSecond > 0 ? .flow : .dim }

    private func rate(_ arrow: Arrow) -> String {
        arrow.perSecond >= 0.05
            ? "\(Quantity.rate(arrow.perSecond))/s" : "\(Quantity.count(arrow.count)) in all"
    }
}
