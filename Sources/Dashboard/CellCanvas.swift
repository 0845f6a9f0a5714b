// SPDX-License-Identifier: Apache-2.0

/// A drawing in cells that can be scrolled: text over lines, as rows of spans.
struct CellCanvas {
    private let size: Size
    private var cells: [(character: Character, style: Style)?]

    init(size: Size) {
        self.size = size
        cells = Array(repeating: nil, count: size.columns * size.rows)
    }

    /// What does not fit is left out.
    mutating func draw(_ spans: [Span], column: Int, row: Int) {
        guard (0..<size.rows).contains(row) else { return }
        var column = column
        for span in spans {
            for character in span.text {
                guard (0..<size.columns).contains(column) else { return }
                cells[row * size.columns + column] = (character, span.style)
                column += 1
            }
        }
    }

    func lines(over borders: Borders, glyphs: Glyphs) -> [[Span]] {
        (0..<size.rows).map { row in
            var spans: [Span] = []
            for column in 0..<size.columns {
                let line = borders.scalar(column: column, row: row, glyphs: glyphs)
                let cell =
                    cells[row * size.columns + column]
                    ?? line.map { (Character($0), .border) } ?? (" ", .plain)
                if let last = spans.last, last.style == cell.style {
                    spans[spans.count - 1] = Span(last.text + String(cell.character), cell.style)
                } else {
                    spans.append(Span(String(cell.character), cell.style))
                }
            }
            return spans
        }
    }
}
