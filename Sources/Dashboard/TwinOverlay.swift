// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// Async code and a thread per connection under the same load, side by side.
struct TwinOverlay {
    private static let widest = 110
    private static let labelWidth = 20
    private static let valueWidth = 7

    let model: Model

    func draw(on frame: inout Frame) {
        let lines = lines
        let box = box(lines.count)
        let separator = model.glyphs.separator
        let clients = model.value(of: .clients).map { " \(separator) \($0) clients" }
        box.draw("Twins\(clients ?? "")", lines, on: &frame, glyphs: model.glyphs)
    }

    /// Where the box is.
    var placed: OverlayBox { box(lines.count) }

    private func box(_ lineCount: Int) -> OverlayBox {
        OverlayBox(size: model.size, widest: Self.widest, lineCount: lineCount, top: 0)
    }

    private var width: Int {
        max(8, OverlayBox.columns(of: model.size, widest: Self.widest) - 4)
    }

    /// Columns of one twin: a value, and a bar where there is room for one.
    private var sideWidth: Int { max(Self.valueWidth + 1, (width - Self.labelWidth) / 2) }

    private var lines: [[Span]] {
        guard let twin = model.snapshot?.twin else { return [[Span("There are no twins.")]] }
        var lines: [[Span]] = [
            row("", "async", "blocking", .heading),
            row("turn", turn(.async, twin), turn(.sync, twin), .plain),
            row("figures of", span(twin.async), span(twin.sync), .dim),
        ]
        lines += figures.map { figure in compare(figure, twin) }
        let problems = TwinComparison.Way.allCases.filter { !twin[$0].problem.isEmpty }
        if !problems.isEmpty { lines.append([]) }
        for way in problems {
            let text = "\(model.glyphs.warning) \(name(way)): \(twin[way].problem)"
            lines += Paragraph.wrap(text, width: width).map { [Span($0, .warning)] }
        }
        // The explanation goes first where the screen is small.
        let room = model.size.rows - 3 - lines.count
        let explanation = Paragraph.wrap(Self.explanation, width: width)
        if explanation.count < room {
            lines.append([])
            lines += explanation.map { [Span($0, .dim)] }
        }
        return lines
    }

    private static let explanation = """
        The same requests by the same seed. Each twin is a process of its own, and they take \
        turns: neither takes a processor from the other. A turn starts from nothing, connecting \
        included. v shows the panes of the twin that runs.
        """

    private func name(_ way: TwinComparison.Way) -> String { way == .async ? "async" : "blocking" }

    /// Whose turn it is, and for how long; or how many turns there have been.
    private func turn(_ way: TwinComparison.Way, _ twin: TwinComparison) -> String {
        let isNarrow = sideWidth < 18
        guard twin.running == way else {
            let count = twin[way].turns
            if isNarrow { return "\(model.glyphs.parked) \(count)" }
            return "\(model.glyphs.parked) \(count) \(count == 1 ? "turn" : "turns") over"
        }
        let seconds = min(Self.whole(twin.elapsedSeconds), Self.whole(twin.turnSeconds))
        if isNarrow { return "\(model.glyphs.running) \(seconds)s" }
        return "\(model.glyphs.running) runs, \(seconds)s of \(Self.whole(twin.turnSeconds))s"
    }

    private func span(_ side: TwinComparison.Side) -> String {
        side.seconds > 0 ? "\(Self.whole(side.seconds))s" : "-"
    }

    /// Whole seconds; a snapshot from elsewhere may hold anything.
    private static func whole(_ seconds: Double) -> Int {
        seconds.isFinite && seconds > 0 ? Int(min(seconds, 1e9)) : 0
    }

    // MARK: Figures

    private struct Figure {
        var label: String
        var value: (TwinComparison.Side) -> Double
        var text: (Double) -> String
    }

    private var figures: [Figure] {
        func time(_ microseconds: Double) -> String {
            Quantity.duration(microseconds: Int(microseconds), glyphs: model.glyphs)
        }
        func count(_ value: Double) -> String { Quantity.count(Int(value)) }
        return [
            Figure(label: "threads", value: { Double($0.threads) }, text: count),
            Figure(
                label: "resident memory",
                value: { Double($0.residentBytes) },
                text: { Quantity.bytes(Int($0)) }
            ),
            Figure(
                label: "context switches/s",
                value: \.contextSwitchesPerSecond,
                text: Quantity.rate
            ),
            Figure(
                label: "  for a request",
                value: \.contextSwitchesPerRequest,
                text: Quantity.rate
            ),
            Figure(label: "processor", value: \.cpuPercent, text: Quantity.percent),
            Figure(label: "requests/s", value: { $0.requests.perSecond }, text: Quantity.rate),
            Figure(
                label: "p50",
                value: { Double($0.requests.latencyMicroseconds.p50) },
                text: time
            ),
            Figure(
                label: "p99",
                value: { Double($0.requests.latencyMicroseconds.p99) },
                text: time
            ),
            Figure(label: "failed", value: { Double($0.requests.failed) }, text: count),
        ]
    }

    private func row(_ label: String, _ left: String, _ right: String, _ style: Style) -> [Span] {
        [
            Span(label.left(Self.labelWidth), .heading),
            Span("\(left)".left(sideWidth), style), Span(right, style),
        ]
    }

    /// One figure of both, with bars to the scale of the larger.
    private func compare(_ figure: Figure, _ twin: TwinComparison) -> [Span] {
        let values = TwinComparison.Way.allCases.map { way in
            twin[way].seconds > 0 ? figure.value(twin[way]) : nil
        }
        let most = values.compactMap { $0 }.max() ?? 0
        let room = max(0, sideWidth - Self.valueWidth - 3)
        var spans = [Span(figure.label.left(Self.labelWidth), .heading)]
        for (index, value) in values.enumerated() {
            let known = value.map { $0.isFinite && $0 >= 0 && $0 < 1e15 } ?? false
            let text = known ? figure.text(value ?? 0) : "-"
            let share = known && most > 0 ? min(1, (value ?? 0) / most) : 0
            let bar = String(
                repeating: model.glyphs.shares[0],
                count: Int((share * Double(room)).rounded(.up))
            )
            spans.append(Span(text.right(Self.valueWidth), .strong))
            spans.append(Span(" \(bar)".left(index == 0 ? sideWidth - Self.valueWidth : 0), .flow))
        }
        return spans
    }
}
