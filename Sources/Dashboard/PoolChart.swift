// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// The pool over time, over the panes: threads against the goal, why the goal changed, throughput.
struct PoolChart {
    /// Quarters of a second in a column: from a quarter of a second to ten seconds.
    static let scales = [1, 2, 4, 8, 20, 40]
    static let usualScale = 2

    /// What stands before the axis.
    private static let labelWidth = 5

    let model: Model

    /// Where the box is: from below the caption to the key bar.
    var placed: OverlayBox {
        let rows = model.size.rows
        return OverlayBox(
            size: model.size,
            widest: model.size.columns,
            lineCount: max(1, rows >= 10 ? rows - 6 : rows - 3),
            top: 0
        )
    }

    private var glyphs: Glyphs { model.glyphs }
    private var ticks: Int { Self.scales[model.chartScale] }

    /// Rows of the parts, from top to bottom.
    private struct Rows {
        var figures = 0
        var threads = 0
        var reasons = 0
        var throughput = 0
        var axis = 0
        var legend = 0

        init(_ height: Int, legend wanted: Int) {
            reasons = height >= 3 ? 1 : 0
            figures = height >= 5 ? 1 : 0
            axis = height >= 7 ? 1 : 0
            legend = height >= 8 ? min(wanted, height / 4) : 0
            let rest = max(0, height - figures - reasons - axis - legend)
            throughput = rest >= 3 ? max(1, rest / 3) : 0
            threads = rest - throughput
        }
    }

    func draw(on frame: inout Frame) {
        let box = placed
        let step = Self.seconds(ticks)
        let head = "Pool \(glyphs.separator) \(step) a column"
        box.draw(head, [], on: &frame, glyphs: glyphs)
        let text = box.text
        let plotWidth = text.columns - Self.labelWidth - 1
        guard plotWidth > 0, let snapshot = model.snapshot else { return }
        let columns = model.poolHistory.columns(plotWidth, ticks: ticks)
        let legend = legend(columns, width: text.columns)
        let rows = Rows(text.rows, legend: legend.count)
        var row = text.row
        if rows.figures > 0 {
            let line = figures(snapshot).fitted(to: text.columns)
            frame.draw(line, column: text.column, row: row, in: text)
            row += 1
        }
        drawThreads(columns, on: &frame, in: part(text, row, rows.threads))
        row += rows.threads
        if rows.reasons > 0 { drawReasons(columns, on: &frame, in: part(text, row, 1)) }
        row += rows.reasons
        drawThroughput(columns, on: &frame, in: part(text, row, rows.throughput))
        row += rows.throughput
        if rows.axis > 0 { drawAxis(on: &frame, in: part(text, row, 1)) }
        row += rows.axis
        for (index, line) in legend.prefix(rows.legend).enumerated() {
            frame.draw(line, column: text.column, row: row + index, in: text)
        }
    }

    private func part(_ text: Rect, _ row: Int, _ rows: Int) -> Rect {
        Rect(column: text.column, row: row, columns: text.columns, rows: rows)
    }

    private func figures(_ snapshot: RuntimeSnapshot) -> PhraseLine {
        let workers = snapshot.workers
        func phrase(_ name: String, _ value: String, rank: Int) -> PhraseLine.Phrase {
            .init([Span("\(name) ", .dim), Span(value.right(3), .strong)], rank: rank)
        }
        let items = Quantity.rate(snapshot.detail?.rates.itemsPerSecond ?? 0)
        let stolen = Quantity.rate(snapshot.detail?.rates.stolenPerSecond ?? 0)
        let process = Quantity.percent(model.readings.processorPercent.value ?? 0)
        let machine = Quantity.percent(model.readings.machinePercent.value ?? 0)
        var line = PhraseLine(separator: Span("  "))
        line.phrases = [
            phrase("goal", "\(workers.goal)", rank: 0),
            phrase("existing", "\(workers.existing)", rank: 1),
            phrase("processing", "\(workers.processing)", rank: 1),
            phrase("blocked", "\(workers.blocked)", rank: 2),
            phrase("queued", Quantity.count(snapshot.queues.depth).right(4), rank: 3),
            phrase("items", "\(items)/s".right(6), rank: 2),
            phrase("cpu", process.right(4), rank: 4),
            phrase("machine", machine.right(4), rank: 4),
            phrase("stolen", "\(stolen)/s".right(6), rank: 5),
            phrase("min", "\(workers.minimum)", rank: 6),
            phrase("max", "\(workers.maximum)", rank: 6),
        ]
        return line
    }

    // MARK: Threads

    /// How many threads a row stands for, or how many rows a thread has.
    private struct ThreadScale {
        var threadsPerRow = 1
        var rowsPerThread = 1

        init(top: Int, rows: Int) {
            if top < rows {
                rowsPerThread = min(4, rows / (top + 1))
            } else {
                threadsPerRow = (top - 1) / max(1, rows) + 1
            }
        }

        /// The row, counted from 0 at the bottom, in which a count of threads ends.
        func row(_ count: Int) -> Int {
            count * rowsPerThread / threadsPerRow
                - (count * rowsPerThread % threadsPerRow == 0 ? 1 : 0)
        }

        /// The count of threads that fills a row.
        func count(_ row: Int) -> Int { (row + 1) * threadsPerRow / rowsPerThread }
    }

    private func drawThreads(_ columns: [PoolHistory.Point?], on frame: inout Frame, in rect: Rect)
    {
        guard rect.rows > 0 else { return }
        let top = columns.reduce(1) { max($0, $1?.existing ?? 0, $1?.goal.upperBound ?? 0) }
        let scale = ThreadScale(top: min(top, 1 << 30), rows: rect.rows)
        drawLabels("\(scale.count(rect.rows - 1))", on: &frame, in: rect)
        let start = rect.column + Self.labelWidth + 1
        for (index, point) in columns.enumerated() {
            guard let point else { continue }
            let goal = scale.row(point.goal.lowerBound)...scale.row(point.goal.upperBound)
            let ends = [point.processing - point.blocked, point.processing, point.existing]
                .map(scale.row)
            for row in 0..<rect.rows {
                let cell: (text: String, style: Style)
                if goal.contains(row) {
                    cell = (glyphs.goal, .strong)
                } else if let part = ends.firstIndex(where: { row <= $0 }) {
                    cell = (String(glyphs.shares[part]), [.running, .blocked, .parked][part])
                } else {
                    continue
                }
                let line = rect.endRow - 1 - row
                frame.draw(cell.text, cell.style, column: start + index, row: line, in: rect)
            }
        }
    }

    // MARK: Reasons

    private func drawReasons(_ columns: [PoolHistory.Point?], on frame: inout Frame, in rect: Rect)
    {
        frame.draw("why", .heading, column: rect.column, row: rect.row, in: rect)
        let start = rect.column + Self.labelWidth + 1
        for (index, point) in columns.enumerated() {
            guard let changes = point?.changes, !changes.isEmpty,
                let reason = AdjustmentReason.allCases.first(where: { changes[$0] != nil })
            else { continue }
            frame.draw(
                reason.letter,
                reason.style,
                column: start + index,
                row: rect.row,
                in: rect
            )
        }
    }

    /// What the cells mean, then the letters in sight with how often each reason moved the goal.
    private func legend(_ columns: [PoolHistory.Point?], width: Int) -> [[Span]] {
        var changes: [AdjustmentReason: Int] = [:]
        for point in columns { changes.merge(point?.changes ?? [:]) { $0 &+ $1 } }
        let reasons = AdjustmentReason.allCases.compactMap { reason in
            changes[reason].map { count in
                [
                    Span(reason.letter, reason.style),
                    Span(" \(reason.rawValue) "), Span(Quantity.count(count), .strong),
                ]
            }
        }
        let parts = zip(["running", "blocked", "idle"], [Style.running, .blocked, .parked])
        var cells = parts.enumerated().map { index, part in
            [Span(String(glyphs.shares[index]), part.1), Span(" \(part.0)")]
        }
        cells.append([Span(glyphs.goal, .strong), Span(" goal")])
        let none = [Span("No change of the goal in sight.", .dim)]
        return Self.wrap(reasons.isEmpty ? [none] : reasons, width: width)
            + Self.wrap(cells, width: width)
    }

    /// Phrases in as few lines as hold them.
    private static func wrap(_ phrases: [[Span]], width: Int) -> [[Span]] {
        var lines: [[Span]] = []
        for phrase in phrases {
            if let last = lines.last,
                PhraseLine.width(of: last) + 2 + PhraseLine.width(of: phrase) <= width
            {
                lines[lines.count - 1] = last + [Span("  ")] + phrase
            } else {
                lines.append(phrase)
            }
        }
        return lines
    }

    // MARK: Throughput

    private func drawThroughput(
        _ columns: [PoolHistory.Point?],
        on frame: inout Frame,
        in rect: Rect
    ) {
        guard rect.rows > 0 else { return }
        let top = Self.roundUp(columns.reduce(0) { max($0, $1?.throughput ?? 0) })
        drawLabels(Quantity.rate(top), on: &frame, in: rect)
        if rect.rows > 1 {
            frame.draw("/s", .dim, column: rect.column + 3, row: rect.row + 1, in: rect)
        }
        let steps = glyphs.spark.count
        let start = rect.column + Self.labelWidth + 1
        for (index, point) in columns.enumerated() {
            guard let point, point.throughput > 0 else { continue }
            let share = min(1, point.throughput / top)
            let height = Int((share * Double(rect.rows * steps)).rounded(.up))
            for row in 0..<rect.rows where height > row * steps {
                let step = min(height - row * steps, steps) - 1
                let line = rect.endRow - 1 - row
                let text = String(glyphs.spark[step])
                frame.draw(text, .flow, column: start + index, row: line, in: rect)
            }
        }
    }

    /// The next of 1, 2 and 5 times powers of ten: a top that does not change with every value.
    private static func roundUp(_ value: Double) -> Double {
        var power = 1.0
        while power < 1e300 {
            for digit in [1.0, 2, 5] where digit * power >= value { return digit * power }
            power *= 10
        }
        return value
    }

    // MARK: Axes

    /// The value at the top, and a line between the numbers and what is drawn.
    private func drawLabels(_ top: String, on frame: inout Frame, in rect: Rect) {
        let label = top.right(Self.labelWidth)
        frame.draw(label, .dim, column: rect.column, row: rect.row, in: rect)
        for row in rect.row..<rect.endRow {
            // Arms up and down.
            frame.put(glyphs.borders[3], .border, column: rect.column + Self.labelWidth, row: row)
        }
    }

    /// How long ago, every twenty columns or so.
    private func drawAxis(on frame: inout Frame, in rect: Rect) {
        let start = rect.column + Self.labelWidth + 1
        let last = rect.endColumn - 1
        let stride = rect.columns >= 60 ? 20 : 10
        frame.draw("now", .dim, column: last - 2, row: rect.row, in: rect)
        for column in Swift.stride(from: last - stride, through: start + 4, by: -stride) {
            let text = "-\(Self.seconds((last - column) * ticks))"
            frame.draw(text, .dim, column: column - text.width + 1, row: rect.row, in: rect)
        }
    }

    private static func seconds(_ ticks: Int) -> String {
        let whole = ticks / PoolHistory.ticksPerSecond
        let rest = ticks % PoolHistory.ticksPerSecond
        if whole == 0 { return rest == 1 ? "0.25s" : rest == 2 ? "0.5s" : "0.75s" }
        if rest == 0, whole >= 60, whole % 60 == 0 { return "\(whole / 60)m" }
        return rest == 0 ? "\(whole)s" : "\(whole)\(rest == 2 ? ".5" : rest == 1 ? ".25" : ".75")s"
    }
}
