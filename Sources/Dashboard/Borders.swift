// SPDX-License-Identifier: Apache-2.0

/// Lines between panes, which join where they meet.
///
/// Each cell remembers in which directions a line leaves it; the glyph follows from that. So
/// panes are given as boxes that share their edges, and no pane knows its neighbours.
struct Borders {
    private static let up: UInt8 = 1
    private static let down: UInt8 = 2
    private static let left: UInt8 = 4
    private static let right: UInt8 = 8

    private let size: Size
    private var arms: [UInt8]

    init(size: Size) {
        self.size = size
        arms = Array(repeating: 0, count: size.columns * size.rows)
    }

    /// Adds the four edges of a rectangle.
    mutating func addBox(_ rect: Rect) {
        addRule(row: rect.row, from: rect.column, to: rect.endColumn - 1)
        addRule(row: rect.endRow - 1, from: rect.column, to: rect.endColumn - 1)
        addColumn(rect.column, from: rect.row, to: rect.endRow - 1)
        addColumn(rect.endColumn - 1, from: rect.row, to: rect.endRow - 1)
    }

    /// Adds a horizontal line between two columns.
    mutating func addRule(row: Int, from first: Int, to last: Int) {
        guard first < last else { return }
        for column in first...last {
            add((column > first ? Self.left : 0) | (column < last ? Self.right : 0), column, row)
        }
    }

    /// What joins the lines of a cell; `nil` where there is none.
    func scalar(column: Int, row: Int, glyphs: Glyphs) -> Unicode.Scalar? {
        let arms = Int(arms[row * size.columns + column])
        return arms == 0 ? nil : glyphs.borders[arms]
    }

    /// Draws all lines.
    func draw(on frame: inout Frame, glyphs: Glyphs) {
        for row in 0..<size.rows {
            for column in 0..<size.columns {
                let arms = Int(arms[row * size.columns + column])
                guard arms != 0 else { continue }
                frame.put(glyphs.borders[arms], .border, column: column, row: row)
            }
        }
    }

    /// Adds a vertical line between two rows.
    mutating func addColumn(_ column: Int, from first: Int, to last: Int) {
        guard first < last else { return }
        for row in first...last {
            add((row > first ? Self.up : 0) | (row < last ? Self.down : 0), column, row)
        }
    }

    private mutating func add(_ arm: UInt8, _ column: Int, _ row: Int) {
        guard (0..<size.columns).contains(column), (0..<size.rows).contains(row) else { return }
        arms[row * size.columns + column] |= arm
    }
}
