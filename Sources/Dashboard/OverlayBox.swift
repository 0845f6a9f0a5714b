// SPDX-License-Identifier: Apache-2.0

/// A box over the panes with a head and lines of text, scrolled where they do not fit.
struct OverlayBox {
    let rect: Rect
    let top: Int
    let lineCount: Int

    /// A box in the middle of the rows above the key bar, as large as its lines and no larger.
    init(size: Size, widest: Int, lineCount: Int, top: Int) {
        let end = max(0, size.rows - 1)
        let columns = Self.columns(of: size, widest: widest)
        let rows = min(lineCount + 2, end)
        // The caption stays in sight where it can: it says what a key has done.
        let above = rows + 3 <= end ? 3 : 0
        rect = Rect(
            column: (size.columns - columns) / 2,
            row: above + (end - above - rows) / 2,
            columns: columns,
            rows: rows
        )
        self.lineCount = lineCount
        self.top = min(max(0, top), max(0, lineCount - max(0, rows - 2)))
    }

    /// Columns of a box; slivers of panes beside it would only confuse.
    static func columns(of size: Size, widest: Int) -> Int {
        size.columns <= widest + 8 ? size.columns : widest
    }

    /// Lines that fit.
    var height: Int { max(0, rect.rows - 2) }

    /// Where the lines go: one blank column within the border.
    var text: Rect {
        let inner = rect.interior
        return Rect(
            column: inner.column + 1,
            row: inner.row,
            columns: inner.columns - 2,
            rows: inner.rows
        )
    }

    /// The line that is drawn on a row of the screen.
    func line(row: Int) -> Int? {
        let line = row - text.row + top
        return row >= text.row && row < text.endRow && line < lineCount ? line : nil
    }

    func draw(_ head: String, _ lines: [[Span]], on frame: inout Frame, glyphs: Glyphs) {
        frame.fill(rect, .plain)
        var borders = Borders(size: frame.size)
        borders.addBox(rect)
        borders.draw(on: &frame, glyphs: glyphs)
        let edge = Rect(
            column: rect.column + 1,
            row: rect.row,
            columns: rect.columns - 2,
            rows: rect.rows
        )
        frame.draw(" \(head) ", .focus, column: edge.column, row: edge.row, in: edge)
        for (index, line) in lines.dropFirst(top).prefix(height).enumerated() {
            frame.draw(line, column: text.column, row: text.row + index, in: text)
        }
        guard lineCount > height, height > 0 else { return }
        let place = " \(top + 1)-\(min(lineCount, top + height)) of \(lineCount) "
        let column = edge.endColumn - place.width
        frame.draw(place, .dim, column: column, row: rect.endRow - 1, in: edge)
    }
}

/// Text in lines of a width, broken at blanks.
enum Paragraph {
    static func wrap(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.width + 1 + word.count <= width {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}
