// SPDX-License-Identifier: Apache-2.0

/// Columns and rows of a screen.
package struct Size: Equatable, Sendable {
    package var columns: Int
    package var rows: Int

    /// Negative lengths become 0.
    package init(columns: Int, rows: Int) {
        self.columns = max(0, columns)
        self.rows = max(0, rows)
    }
}

/// A rectangle of cells; `column` and `row` count from the upper left corner.
struct Rect: Equatable, Sendable {
    var column: Int
    var row: Int
    var columns: Int
    var rows: Int

    init(column: Int, row: Int, columns: Int, rows: Int) {
        self.column = column
        self.row = row
        self.columns = max(0, columns)
        self.rows = max(0, rows)
    }

    /// Column behind the last one.
    var endColumn: Int { column + columns }

    /// Row below the last one.
    var endRow: Int { row + rows }

    func contains(column: Int, row: Int) -> Bool {
        (self.column..<endColumn).contains(column) && (self.row..<endRow).contains(row)
    }

    /// What is left inside a border one cell thick.
    var interior: Rect {
        Rect(column: column + 1, row: row + 1, columns: columns - 2, rows: rows - 2)
    }
}
