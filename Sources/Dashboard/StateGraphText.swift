// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// A function's state graph: drawn where there is room, else start, each state with those that are in
/// it, and done, with the ways that lead on below each.
struct StateGraphText {
    let graph: RuntimeSnapshot.StateGraph
    let model: Model
    let width: Int
    /// Rows in sight.
    let rows: Int

    private typealias Arrow = RuntimeSnapshot.StateGraph.Arrow
    private var glyphs: Glyphs { model.glyphs }

    var lines: [[Span]] {
        let file = graph.file.split(separator: "/").last.map(String.init) ?? ""
        let place = graph.line > 0 ? "\(file):\(graph.line)" : file
        var lines = [[Span(graph.function, .strong), Span("  \(place)", .dim)]]
        lines += leftOut
        lines += drawing ?? listing
        lines.append([])
        let closure =
            graph.function.hasSuffix("}")
            ? "{1} is the first closure or async let in a function, {2} the second. " : ""
        let note =
            closure
            + "Machines now; half of the waits there were no longer than p50, all but one in a hundred "
            + "than p99. Who is suspended in a child task, an actor or a stream is counted where it "
            + "was in its last run."
        return lines + Paragraph.wrap(note, width: width).map { [Span($0, .dim)] }
    }

    /// What no graph shows; nothing where all machines are in one.
    private var leftOut: [[Span]] {
        let machines = model.snapshot?.machines ?? RuntimeSnapshot.Machines()
        guard machines.chainsLeftOut > 0 || machines.waysLeftOut > 0 else { return [] }
        let text =
            "\(glyphs.warning) Seen too late for the tables, at least: "
            + "\(Quantity.count(machines.chainsLeftOut)) chains of functions, "
            + "\(Quantity.count(machines.waysLeftOut)) ways between chains. "
            + "Machines in no graph: \(Quantity.count(machines.leftOut))."
        return Paragraph.wrap(text, width: width).map { [Span($0, .warning)] }
    }

    private var drawing: [[Span]]? {
        // Without its own head and that of the columns.
        let drawing = StateGraphDrawing(
            graph: graph,
            glyphs: glyphs,
            width: width,
            rows: rows - 2 - leftOut.count
        )
        return drawing.map { [[Span(StateGraphDrawing.heading, .heading)]] + $0.lines }
    }

    private var listing: [[Span]] {
        var lines = [[Span("\(glyphs.parked) start", .heading)]]
        lines += arrows(from: RuntimeSnapshot.StateGraph.start)
        let most = max(1, graph.states.map(\.machines).max() ?? 1)
        for (index, state) in graph.states.enumerated() {
            lines.append(node(state, most: most))
            lines += arrows(from: index)
        }
        let rate = graph.arrows.filter { $0.to == RuntimeSnapshot.StateGraph.done }
            .reduce(0) { $0 + $1.perSecond }
        lines.append([
            Span("\(glyphs.good) done", .heading), Span("  \(Quantity.rate(rate))/s", .strong),
        ])
        return lines
    }

    private func node(_ state: RuntimeSnapshot.StateGraph.State, most: Int) -> [Span] {
        let bar = max(0, min(12, width - 42))
        let length = (state.machines * bar + most - 1) / most
        let style: Style = state.machines > 0 ? .waiting : .dim
        let sign = state.machines > 0 ? glyphs.waiting : glyphs.separator
        var spans = [
            Span("\(sign) ", style), Span(state.name.left(5), .strong),
            Span((state.line > 0 ? ":\(state.line)" : "").left(6), .dim),
            Span(Quantity.count(state.machines).right(Quantity.countWidth), style), Span(" "),
            Span(
                (String(repeating: glyphs.shares[0], count: length)).left(bar),
                style
            ),
        ]
        if let p50 = state.p50Microseconds, let p99 = state.p99Microseconds {
            spans.append(Span(" p50 \(time(p50)) p99 \(time(p99))"))
        }
        return spans
    }

    /// The arrows that lead on, those that are gone most first, as many as fit on a line or two.
    private func arrows(from place: Int) -> [[Span]] {
        let onward = graph.arrows.filter { $0.from == place }
            .sorted { ($1.perSecond, $1.count) < ($0.perSecond, $0.count) }
        var lines: [[Span]] = []
        var used = 0
        for arrow in onward.prefix(6) {
            let text = "\(glyphs.becomes) \(name(arrow.to, from: place)) \(rate(arrow))  "
            if lines.isEmpty || used + text.width > width {
                lines.append([Span("    ")])
                used = 4
            }
            lines[lines.count - 1].append(Span(text, arrow.perSecond > 0 ? .flow : .dim))
            used += text.width
        }
        return lines
    }

    private func name(_ place: Int, from origin: Int) -> String {
        if place == RuntimeSnapshot.StateGraph.done { return "done" }
        if place == origin { return "again" }
        return graph.states.indices.contains(place) ? graph.states[place].name : "start"
    }

    private func rate(_ arrow: Arrow) -> String {
        arrow.perSecond >= 0.05
            ? "\(Quantity.rate(arrow.perSecond))/s" : "\(Quantity.count(arrow.count)) in all"
    }

    private func time(_ microseconds: Int) -> String {
        Quantity.duration(microseconds: microseconds, glyphs: glyphs)
    }
}
