// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// The state machines as a whole, over the panes: states, source, or forest.
struct MachineViewOverlay {
    /// Below this width, code has the whole box, and no list of functions stands beside it.
    private static let wideEnough = 100

    let model: Model
    let view: MachineView

    private var glyphs: Glyphs { model.glyphs }

    var placed: OverlayBox {
        let rows = model.size.rows
        return OverlayBox(
            size: model.size,
            widest: model.size.columns,
            lineCount: max(1, rows >= 10 ? rows - 6 : rows - 3),
            top: 0
        )
    }

    func draw(on frame: inout Frame) {
        let box = placed
        box.draw(
            "State machines \(glyphs.separator) \(view.kind.name)",
            [],
            on: &frame,
            glyphs: glyphs
        )
        let text = box.text
        guard text.columns > 10, text.rows > 1 else { return }
        if view.kind == .forest {
            drawForest(on: &frame, in: text)
            return
        }
        let graphs = model.graphs
        guard let graph = graphs.first(where: { $0.id == view.function }) ?? graphs.first else {
            draw(Self.nothing(model), on: &frame, in: text)
            return
        }
        let hasList =
            text.columns >= Self.wideEnough || (view.kind == .states && text.columns >= 60)
        var content = text
        if hasList {
            let width = text.columns >= Self.wideEnough ? 32 : 22
            drawList(graphs, chosen: graph, on: &frame, in: part(text, 0, width))
            content = part(text, width + 1, text.columns - width - 1)
        }
        let lines: [[Span]]
        switch view.kind {
        case .states:
            lines =
                StateGraphText(
                    graph: graph,
                    model: model,
                    width: content.columns,
                    rows: content.rows
                ).lines
        default: lines = SourceText(graph: graph, model: model, width: content.columns).lines
        }
        let first = SourceText.firstLine(
            of: graph,
            view: view,
            count: lines.count,
            room: content.rows
        )
        for (index, line) in lines.dropFirst(first).prefix(content.rows).enumerated() {
            frame.draw(line, column: content.column, row: content.row + index, in: content)
        }
    }

    /// Why there is nothing to see.
    static func nothing(_ model: Model) -> [[Span]] {
        let missing = model.states.missing
        let reason = missing.isEmpty ? "No async function has been seen yet." : missing
        return [
            [Span(reason, .warning)],
            [Span("The list of state machines shows the await sites instead.", .dim)],
        ]
    }

    private func draw(_ lines: [[Span]], on frame: inout Frame, in rect: Rect) {
        for (index, line) in lines.enumerated() {
            frame.draw(line, column: rect.column, row: rect.row + index, in: rect)
        }
    }

    private func part(_ rect: Rect, _ column: Int, _ columns: Int) -> Rect {
        Rect(column: rect.column + column, row: rect.row, columns: columns, rows: rect.rows)
    }

    private func drawList(
        _ graphs: [RuntimeSnapshot.StateGraph],
        chosen: RuntimeSnapshot.StateGraph,
        on frame: inout Frame,
        in rect: Rect
    ) {
        let index = graphs.firstIndex { $0.id == chosen.id } ?? 0
        let top = min(max(0, index - rect.rows / 2), max(0, graphs.count - rect.rows))
        for (row, graph) in graphs.dropFirst(top).prefix(rect.rows).enumerated() {
            let isChosen = graph.id == chosen.id
            let count = graph.machines > 0 ? Quantity.count(graph.machines) : "-"
            let width = rect.columns - Quantity.countWidth - 3
            let mark = isChosen ? glyphs.arrow : " "
            let name = Self.end(of: graph.function, width: width, glyphs).left(width)
            let style: Style = isChosen ? .selected : graph.machines > 0 ? .plain : .dim
            let text = "\(mark) \(name) \(count.right(Quantity.countWidth))"
            frame.draw(text, style, column: rect.column, row: rect.row + row, in: rect)
        }
    }

    /// The end of a name says most: the function, then its type.
    static func end(of name: String, width: Int, _ glyphs: Glyphs) -> String {
        guard name.width > width, width > 1 else { return name }
        return glyphs.ellipsis + String(name.suffix(width - 1))
    }

    // MARK: Forest

    private func drawForest(on frame: inout Frame, in rect: Rect) {
        let rows = Forest(model, folded: view.folded).rows
        let states = model.states
        let waits = WaitText(model)
        var row = rect.row
        let cycles = (model.snapshot?.diagnoses ?? []).filter { $0.hasPrefix("Deadlock") }
        for cycle in cycles.prefix(2) {
            frame.draw(
                "\(glyphs.warning) \(cycle)",
                .warning,
                column: rect.column,
                row: row,
                in: rect
            )
            row += 1
        }
        guard !rows.isEmpty else {
            frame.draw("No task is in flight.", .dim, column: rect.column, row: row, in: rect)
            return
        }
        let inFlight = model.snapshot?.machines.inFlight ?? 0
        if inFlight > (model.snapshot?.detail?.machines.count ?? 0) {
            let count = Quantity.count(model.snapshot?.detail?.machines.count ?? 0)
            let text = "\(count) of \(Quantity.count(inFlight)) machines have a row here."
            frame.draw(text, .dim, column: rect.column, row: row, in: rect)
            row += 1
        }
        let room = rect.endRow - row
        let chosen = rows.firstIndex { $0.machine.number == view.machine } ?? 0
        let top = min(max(0, chosen - room / 2), max(0, rows.count - room))
        for (index, item) in rows.dropFirst(top).prefix(room).enumerated() {
            let isChosen = top + index == chosen
            let line = ForestLine(row: item, states: states, waits: waits, glyphs: glyphs)
            let spans = line.spans(width: rect.columns)
            frame.draw(spans, column: rect.column, row: row + index, in: rect)
            guard isChosen else { continue }
            let bar = Rect(column: rect.column, row: row + index, columns: rect.columns, rows: 1)
            frame.restyle(bar, .selected)
        }
    }
}
