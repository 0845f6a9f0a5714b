// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// The article's picture, running: one await's way from user code to the kernel and back.
///
/// Numbers over arrows are operations a second. What is lit is where the last hop led to; marks in
/// the heads are hops that are held there.
struct Picture {
    let model: Model
    let snapshot: RuntimeSnapshot

    init?(model: Model) {
        guard let snapshot = model.snapshot else { return nil }
        self.model = model
        self.snapshot = snapshot
    }

    private var glyphs: Glyphs { model.glyphs }
    private var texts: PictureTexts { PictureTexts(model: model, snapshot: snapshot) }
    private var rates: RuntimeSnapshot.Rates? { snapshot.detail?.rates }
    private var train: TokenTrain { TokenTrain(ratePerSecond: rates?.submittedPerSecond ?? 0) }
    /// In a frozen world tokens stay where they are, and go on by a cell with each step.
    private var isFrozen: Bool { model.tempo.isPaused }

    /// The rows between caption and key bar; over big figures the caption keeps its two lines.
    private var area: Rect {
        let layout = model.layout
        let row = layout.bigArea?.row ?? (layout.captionRow ?? layout.pipelineRow ?? 0) + 1
        return Rect(column: 0, row: row, columns: model.size.columns, rows: layout.keyRow - row)
    }

    // MARK: Mouse

    /// The station at a place of the screen.
    func station(column: Int, row: Int) -> PictureStation? {
        if let layout = PictureLayout(in: area) {
            return PictureStation.allCases.first { station in
                layout.boxes[station]?.contains(column: column, row: row) == true
            }
        }
        // The list has one more line, for readiness, above the port.
        let all = PictureStation.allCases
        let line = row - area.row
        guard let port = all.firstIndex(of: .port), column >= 0 else { return nil }
        let index = line <= port ? line : line - 1
        return all.indices.contains(index) && row < area.endRow ? all[index] : nil
    }

    /// Whether a place of the screen is among the words in the middle of the loop.
    func isMiddle(column: Int, row: Int) -> Bool {
        PictureLayout(in: area)?.middle.contains(column: column, row: row) == true
    }

    // MARK: Drawing

    func draw(on frame: inout Frame) {
        frame.fill(area, .plain)
        guard let layout = PictureLayout(in: area) else {
            drawList(on: &frame)
            return
        }
        var borders = Borders(size: frame.size)
        for box in layout.boxes.values { borders.addBox(box) }
        borders.draw(on: &frame, glyphs: glyphs)
        for station in PictureStation.allCases {
            if let box = layout.boxes[station] { draw(station, in: box, on: &frame) }
        }
        drawArrows(layout, on: &frame)
        for (index, line) in texts.middle(layout.middle).enumerated() {
            let row = layout.middle.row + index
            draw(line, column: layout.middle.column, row: row, in: layout.middle, on: &frame)
        }
        let legend = Rect(
            column: area.column + 1,
            row: layout.legendRow,
            columns: area.columns - 2,
            rows: 1
        )
        draw(
            texts.legend(worth: train.worth, width: legend.columns),
            column: legend.column,
            row: legend.row,
            in: legend,
            on: &frame
        )
    }

    private func draw(
        _ line: [Span],
        column: Int,
        row: Int,
        in limits: Rect,
        on frame: inout Frame
    ) {
        frame.draw(line, column: column, row: row, in: limits)
    }

    // MARK: Boxes

    private func draw(_ station: PictureStation, in box: Rect, on frame: inout Frame) {
        let isLit = texts.litStation == station
        if isLit { light(box, on: &frame) }
        let head = Rect(
            column: box.column + 1,
            row: box.row,
            columns: box.columns - 2,
            rows: 1
        )
        // A glyph beside the style, for screens without colour.
        frame.draw(
            isLit ? glyphs.arrow + station.title : station.title,
            isLit ? .focus : .strong,
            column: head.column,
            row: head.row,
            in: head
        )
        let held = texts.heldCount(at: station)
        if held > 0 {
            let mark = "\(glyphs.inline)\(Quantity.count(held))"
            let column = head.endColumn - mark.width
            frame.draw(mark, .warning, column: column, row: head.row, in: head)
        }
        let inner = box.interior
        var lines = texts.lines(of: station)
        if let followed = texts.followedLine(at: station) {
            lines = Array(lines.prefix(max(0, inner.rows - 1))) + [followed]
        }
        for (index, var line) in lines.prefix(inner.rows).enumerated() {
            // What does not fit is left out rather than cut: of a number, a part is another number.
            while line.count > 1, PhraseLine.width(of: line) > inner.columns { line.removeLast() }
            frame.draw(line, column: inner.column, row: inner.row + index, in: inner)
        }
    }

    /// Gives the border of a box the style of what is to be looked at.
    private func light(_ box: Rect, on frame: inout Frame) {
        for row in [box.row, box.endRow - 1] {
            let line = Rect(column: box.column, row: row, columns: box.columns, rows: 1)
            frame.restyle(line, .focus)
        }
        for column in [box.column, box.endColumn - 1] {
            let line = Rect(column: column, row: box.row, columns: 1, rows: box.rows)
            frame.restyle(line, .focus)
        }
    }

    // MARK: Arrows

    private func drawArrows(_ layout: PictureLayout, on frame: inout Frame) {
        let submitted = snapshot.operations.submitted
        let taken = snapshot.port.dequeued
        let submits = rates?.submittedPerSecond
        let takes = rates?.dequeuedPerSecond
        let order: [(PictureStation, PictureStation)] = [
            (.userCode, .machine), (.machine, .operation), (.operation, .kernel),
        ]
        for (from, to) in order {
            drawAcross(from, to, submitted, submits, layout, on: &frame)
        }
        drawDown(from: .kernel, to: .port, taken + snapshot.port.queued, takes, layout, on: &frame)
        drawDown(from: .port, to: .pollers, taken, takes, layout, on: &frame)
        drawAcross(.pollers, .placement, taken, takes, layout, on: &frame)
        let toWorkers = snapshot.placement == "worker" || (rates?.itemsPerSecond ?? 0) >= 0.5
        let items = toWorkers ? rates?.itemsPerSecond : nil
        let executed = rates?.executed ?? 0
        drawAcross(.placement, .queues, executed, items, layout, on: &frame)
        drawAcross(.queues, .workers, executed, items, layout, on: &frame)
        drawUp(rates?.resumed ?? 0, rates?.resumedPerSecond, layout, on: &frame)
        drawWords(layout, takes, on: &frame)
    }

    /// An arrow between two boxes of a row, its rate above it.
    private func drawAcross(
        _ from: PictureStation,
        _ to: PictureStation,
        _ passed: Int,
        _ rate: Double?,
        _ layout: PictureLayout,
        on frame: inout Frame
    ) {
        guard let start = layout.boxes[from], let end = layout.boxes[to] else { return }
        let isRightward = end.column > start.column
        let column = isRightward ? start.endColumn : end.endColumn
        let row = max(start.row, end.row) + 2
        let label = rate.map { Quantity.rate($0) } ?? ""
        let limits = Rect(column: column, row: row - 1, columns: layout.gap, rows: 2)
        frame.draw(label.right(layout.gap - 1), .dim, column: column, row: row - 1, in: limits)
        let cells = cells(layout.gap - 1, passed, rate)
        let line = glyphs.borders[12]
        for (index, isToken) in cells.enumerated() {
            let place = isRightward ? column + index : column + layout.gap - 1 - index
            put(isToken, line, column: place, row: row, on: &frame)
        }
        let tip = isRightward ? column + layout.gap - 1 : column
        frame.draw(
            isRightward ? glyphs.arrow : glyphs.back,
            .flow,
            column: tip,
            row: row,
            in: limits
        )
    }

    private func drawDown(
        from: PictureStation,
        to: PictureStation,
        _ passed: Int,
        _ rate: Double?,
        _ layout: PictureLayout,
        on frame: inout Frame
    ) {
        guard let start = layout.boxes[from], let end = layout.boxes[to] else { return }
        let length = end.row - start.endRow
        let cells = cells(length - 1, passed, rate)
        for (index, isToken) in cells.enumerated() {
            let row = start.endRow + index
            put(isToken, glyphs.borders[3], column: layout.fall, row: row, on: &frame)
        }
        let tip = Rect(column: layout.fall, row: end.row - 1, columns: 1, rows: 1)
        frame.draw(glyphs.descending, .flow, column: tip.column, row: tip.row, in: tip)
    }

    private func drawUp(
        _ passed: Int,
        _ rate: Double?,
        _ layout: PictureLayout,
        on frame: inout Frame
    ) {
        guard let start = layout.boxes[.workers], let end = layout.boxes[.userCode] else { return }
        let length = start.row - end.endRow
        let cells = cells(length - 1, passed, rate)
        for (index, isToken) in cells.enumerated() {
            let row = start.row - 1 - index
            put(isToken, glyphs.borders[3], column: layout.rise, row: row, on: &frame)
        }
        let tip = Rect(column: layout.rise, row: end.endRow, columns: 1, rows: 1)
        frame.draw(glyphs.ascending, .flow, column: tip.column, row: tip.row, in: tip)
    }

    private func cells(_ length: Int, _ passed: Int, _ rate: Double?) -> [Bool] {
        let rate = isFrozen && passed > 0 ? 1 : rate
        return train.cells(length: length, passed: passed, ratePerSecond: rate)
    }

    private func put(
        _ isToken: Bool,
        _ line: Unicode.Scalar,
        column: Int,
        row: Int,
        on frame: inout Frame
    ) {
        guard isToken, let token = glyphs.running.unicodeScalars.first else {
            frame.put(line, .flow, column: column, row: row)
            return
        }
        frame.put(token, .running, column: column, row: row)
    }

    /// What epoll really does, beside the arrow from the kernel; and the way back.
    private func drawWords(_ layout: PictureLayout, _ takes: Double?, on frame: inout Frame) {
        guard let kernel = layout.boxes[.kernel], let port = layout.boxes[.port],
            let user = layout.boxes[.userCode]
        else { return }
        let limits = Rect(
            column: layout.fall + 2,
            row: kernel.endRow,
            columns: kernel.endColumn - layout.fall - 2,
            rows: layout.legendRow - kernel.endRow
        )
        let rate = takes.map { Quantity.rate($0).right(5) } ?? ""
        let ready: Style = texts.isReadyLit ? .focus : .strong
        let column = limits.column
        frame.draw(
            [
                Span(texts.isReadyLit ? "\(glyphs.arrow)5 ready" : "5 ready", ready),
                Span(rate, .dim),
            ],
            column: column,
            row: kernel.endRow,
            in: limits
        )
        frame.draw("6 our call,", .strong, column: column, row: kernel.endRow + 1, in: limits)
        frame.draw("  its packet", .dim, column: column, row: kernel.endRow + 2, in: limits)
        frame.draw(rate, .dim, column: column, row: port.endRow, in: limits)
        let side = Rect(
            column: layout.rise + 2,
            row: user.endRow,
            columns: layout.middle.column - layout.rise - 3,
            rows: layout.legendRow - user.endRow
        )
        let middle = user.endRow + layout.middle.rows / 2
        frame.draw("12 resumes", .strong, column: side.column, row: middle, in: side)
        let resumed = rates.map { Quantity.rate($0.resumedPerSecond) + "/s" } ?? ""
        frame.draw(resumed, .dim, column: side.column, row: middle + 1, in: side)
    }

    // MARK: Small screens

    /// The same stations one below the other, where there is no room for a loop.
    private func drawList(on frame: inout Frame) {
        var row = area.row
        for station in PictureStation.allCases {
            guard row < area.endRow else { return }
            if station == .port {
                let ready: Style = texts.isReadyLit ? .focus : .strong
                frame.draw(
                    [Span("5 ready, 6 our call", ready), Span("  then the packet", .dim)],
                    column: 1,
                    row: row,
                    in: area
                )
                row += 1
            }
            guard row < area.endRow else { return }
            let isLit = texts.litStation == station
            var line = [Span(station.title.left(16), isLit ? .focus : .strong)]
            line += texts.lines(of: station).first ?? []
            if texts.followedLine(at: station) != nil {
                line.append(Span(" \(glyphs.followed)", .followed))
            }
            frame.draw(line, column: 1, row: row, in: area)
            row += 1
        }
        guard row < area.endRow,
            let middle = texts.middle(Rect(column: 1, row: row, columns: area.columns, rows: 1))
                .first
        else { return }
        frame.draw(middle, column: 1, row: row, in: area)
    }
}
