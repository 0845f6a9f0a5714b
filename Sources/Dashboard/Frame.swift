// SPDX-License-Identifier: Apache-2.0

/// One character of the screen and what it means.
package struct Cell: Equatable, Sendable {
    package var scalar: Unicode.Scalar
    package var style: Style

    static let blank = Cell(scalar: " ", style: .plain)
}

/// A piece of text in one style.
struct Span: Equatable, Sendable {
    var text: String
    var style: Style

    init(_ text: String, _ style: Style = .plain) {
        self.text = text
        self.style = style
    }
}

/// A screenful of cells, drawn by the view and painted by the terminal.
///
/// All drawing is clipped, so no caller has to know whether what it draws fits. Each cell holds
/// one scalar that is one column wide (see ``NarrowText``).
package struct Frame: Equatable, Sendable {
    package let size: Size
    /// Row by row, `size.columns` each.
    package private(set) var cells: [Cell]
    /// What the styles are to look like.
    package let theme: Theme
    private let isASCII: Bool

    init(size: Size, ascii: Bool = false, theme: Theme = .safe) {
        self.size = size
        self.theme = theme
        cells = Array(repeating: .blank, count: size.columns * size.rows)
        isASCII = ascii
    }

    /// The screen as text, one string a row, without the blanks at the end of rows.
    package var lines: [String] {
        (0..<size.rows).map { row in
            let cells = cells[row * size.columns..<(row + 1) * size.columns]
            let width = cells.lastIndex { $0.scalar != " " }.map { $0 - cells.startIndex + 1 } ?? 0
            var line = ""
            line.unicodeScalars.append(contentsOf: cells.prefix(width).lazy.map(\.scalar))
            return line
        }
    }

    /// Which cells another frame shows otherwise, the first row first; `nil` where all of the screen
    /// has to be painted anew, since size or theme are others.
    package func changes(from other: Frame) -> [Int]? {
        guard size == other.size, theme == other.theme else { return nil }
        return cells.indices.filter { cells[$0] != other.cells[$0] }
    }

    /// All of the screen.
    var bounds: Rect {
        Rect(column: 0, row: 0, columns: size.columns, rows: size.rows)
    }

    /// The cell at a place, or `nil` outside of the screen.
    package func cell(column: Int, row: Int) -> Cell? {
        guard (0..<size.columns).contains(column), (0..<size.rows).contains(row) else { return nil }
        return cells[row * size.columns + column]
    }

    /// Draws text that starts at a place and is cut at the limits; returns the column behind it.
    @discardableResult
    mutating func draw(
        _ text: String,
        _ style: Style = .plain,
        column: Int,
        row: Int,
        in limits: Rect
    ) -> Int {
        var column = column
        let end = min(limits.endColumn, size.columns)
        let isRowVisible = row >= max(0, limits.row) && row < min(limits.endRow, size.rows)
        // Nearly all text is plain, and taking it apart into characters is most of the cost.
        if isRowVisible, column >= max(0, limits.column), NarrowText.isPrintableASCII(text) {
            let start = row * size.columns
            for byte in text.utf8.prefix(max(0, end - column)) {
                let scalar = Unicode.Scalar(byte)
                cells[start + column] = Cell(scalar: scalar, style: style)
                column += 1
            }
            return column
        }
        for character in text {
            guard column < end else { break }
            if isRowVisible, column >= max(0, limits.column) {
                let scalar = NarrowText.scalar(for: character, ascii: isASCII)
                cells[row * size.columns + column] = Cell(scalar: scalar, style: style)
            }
            column += 1
        }
        return column
    }

    /// Draws one narrow scalar; outside of the screen, nothing.
    mutating func put(_ scalar: Unicode.Scalar, _ style: Style, column: Int, row: Int) {
        guard (0..<size.columns).contains(column), (0..<size.rows).contains(row) else { return }
        cells[row * size.columns + column] = Cell(scalar: scalar, style: style)
    }

    /// Draws spans one behind the other; returns the column behind the last.
    @discardableResult
    mutating func draw(_ spans: [Span], column: Int, row: Int, in limits: Rect) -> Int {
        spans.reduce(column) { draw($1.text, $1.style, column: $0, row: row, in: limits) }
    }

    /// Blanks a rectangle in a style.
    mutating func fill(_ rect: Rect, _ style: Style) {
        let columns =
            max(0, rect.column)..<max(max(0, rect.column), min(rect.endColumn, size.columns))
        let rows = max(0, rect.row)..<max(max(0, rect.row), min(rect.endRow, size.rows))
        for row in rows {
            for column in columns {
                cells[row * size.columns + column] = Cell(scalar: " ", style: style)
            }
        }
    }

    /// Gives all cells of a rectangle a style and keeps their characters.
    mutating func restyle(_ rect: Rect, _ style: Style, except kept: Style? = nil) {
        let columns =
            max(0, rect.column)..<max(max(0, rect.column), min(rect.endColumn, size.columns))
        let rows = max(0, rect.row)..<max(max(0, rect.row), min(rect.endRow, size.rows))
        for row in rows {
            for column in columns where cells[row * size.columns + column].style != kept {
                cells[row * size.columns + column].style = style
            }
        }
    }
}
