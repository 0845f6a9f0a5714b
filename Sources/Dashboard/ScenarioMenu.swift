// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// All scenarios in the order of a talk, and what there is to see in the chosen one.
///
/// Where there is room the text stands beside the list; on a narrow screen one of the two is shown.
struct ScenarioMenu {
    /// Where the user is in the menu.
    struct Place: Equatable, Sendable {
        /// Index of the chosen entry.
        var chosen: Int
        /// The first line of its text in sight.
        var textTop = 0
        /// Whether the text is shown where there is no room for both.
        var isReading = false
    }

    /// A line of the list.
    private enum Line {
        case head(String)
        case entry(Int)
    }

    private static let widest = 116
    private static let leastForBoth = 60

    let model: Model
    let place: Place

    private var entries: [ScenarioEntry] { model.scenarioEntries }

    private var lines: [Line] {
        var lines: [Line] = []
        for (index, entry) in entries.enumerated() {
            if !entry.group.isEmpty, index == 0 || entries[index - 1].group != entry.group {
                lines.append(.head(entry.group))
            }
            lines.append(.entry(index))
        }
        return lines
    }

    /// Where the box is.
    var box: OverlayBox {
        let rows = max(1, min(model.size.rows - 3, max(lines.count, 24)))
        return OverlayBox(size: model.size, widest: Self.widest, lineCount: rows, top: 0)
    }

    /// Whether list and text stand beside each other.
    var showsBoth: Bool { box.text.columns >= Self.leastForBoth }

    private var showsList: Bool { showsBoth || !place.isReading }

    /// Where the list goes.
    private var listArea: Rect {
        let text = box.text
        guard showsBoth else { return text }
        let columns = text.columns >= 90 ? 28 : 21
        return Rect(column: text.column, row: text.row, columns: columns, rows: text.rows)
    }

    /// Where the text of the chosen entry goes.
    private var textArea: Rect {
        let text = box.text
        guard showsBoth else { return text }
        let start = listArea.endColumn + 2
        return Rect(
            column: start,
            row: text.row,
            columns: text.endColumn - start,
            rows: text.rows
        )
    }

    /// Rows of the list or of the text.
    var height: Int { box.text.rows }

    private var text: [[Span]] {
        guard entries.indices.contains(place.chosen) else { return [] }
        let entry = entries[place.chosen]
        let isPresent = entry.name == model.snapshot?.scenario
        var lines = entry.lines(
            width: max(8, textArea.columns),
            variant: isPresent ? model.value(of: .variant) : nil,
            glyphs: model.glyphs
        )
        guard !model.scenarios.isEmpty else { return lines }
        let action = isPresent ? "starts it anew" : "starts it, with its own settings"
        lines += [[], [Span("Enter", .key), Span(" \(action)", .dim)]]
        return lines
    }

    var textLineCount: Int { text.count }

    /// The first line of the list in sight: the chosen entry stays near the middle.
    private var listTop: Int {
        let chosen = lines.firstIndex { line in
            if case .entry(place.chosen) = line { return true }
            return false
        }
        let top = (chosen ?? 0) - height / 2
        return min(max(0, top), max(0, lines.count - height))
    }

    /// The entry on a place of the screen.
    func entry(column: Int, row: Int) -> Int? {
        let area = listArea
        guard showsList, column >= area.column, column < area.endColumn, row >= area.row,
            row < area.endRow
        else { return nil }
        let index = row - area.row + listTop
        guard lines.indices.contains(index), case .entry(let entry) = lines[index] else {
            return nil
        }
        return entry
    }

    /// Whether a column of the screen belongs to the text.
    func isText(column: Int) -> Bool {
        showsBoth ? column >= textArea.column - 1 : place.isReading
    }

    func draw(on frame: inout Frame) {
        let box = box
        let isReading = !showsBoth && place.isReading
        let name = entries.indices.contains(place.chosen) ? entries[place.chosen].name : ""
        let head = isReading ? "Scenario: \(name)" : "Scenarios"
        box.draw(head, [], on: &frame, glyphs: model.glyphs)
        if showsList { drawList(on: &frame) }
        if showsBoth {
            let area = listArea
            for row in area.row..<area.endRow {
                frame.put(
                    model.glyphs.borders[3],
                    .border,
                    column: area.endColumn,
                    row: row
                )
            }
        }
        if showsBoth || place.isReading { drawText(on: &frame) }
    }

    private func drawList(on frame: inout Frame) {
        let area = listArea
        for (offset, line) in lines.dropFirst(listTop).prefix(area.rows).enumerated() {
            let row = area.row + offset
            switch line {
            case .head(let group):
                let text = group.cut(to: area.columns, glyphs: model.glyphs)
                frame.draw(text, .heading, column: area.column, row: row, in: area)
            case .entry(let index):
                drawEntry(index, row: row, in: area, on: &frame)
            }
        }
    }

    private func drawEntry(_ index: Int, row: Int, in area: Rect, on frame: inout Frame) {
        let entry = entries[index]
        let isPresent = entry.name == model.snapshot?.scenario
        let glyphs = model.glyphs
        let mark = isPresent ? glyphs.running : index == place.chosen ? glyphs.arrow : " "
        var spans = [Span("\(mark) "), Span(entry.name, isPresent ? .running : .plain)]
        if !showsBoth {
            let used = PhraseLine.width(of: spans) + 2
            let summary = entry.summary.cut(to: max(0, area.columns - used), glyphs: model.glyphs)
            spans.append(Span("  \(summary)", .dim))
        }
        frame.draw(spans, column: area.column, row: row, in: area)
        guard index == place.chosen else { return }
        let line = Rect(column: area.column, row: row, columns: area.columns, rows: 1)
        frame.restyle(line, .selected)
    }

    private func drawText(on frame: inout Frame) {
        let area = textArea
        let text = text
        let top = min(place.textTop, max(0, text.count - area.rows))
        for (offset, line) in text.dropFirst(top).prefix(area.rows).enumerated() {
            frame.draw(line, column: area.column, row: area.row + offset, in: area)
        }
        guard text.count > area.rows else { return }
        let last = min(text.count, top + area.rows)
        let place = " \(top + 1)-\(last) of \(text.count), PgDn "
        let bottom = Rect(
            column: area.column,
            row: box.rect.endRow - 1,
            columns: area.columns,
            rows: 1
        )
        frame.draw(
            place,
            .dim,
            column: max(bottom.column, bottom.endColumn - place.width),
            row: bottom.row,
            in: bottom
        )
    }
}
