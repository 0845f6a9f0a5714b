// SPDX-License-Identifier: Apache-2.0

/// Where a list is on the screen, and which of its rows are in sight.
struct ListPlace: Equatable, Sendable {
    let grid: Grid
    let sort: Sort?
    /// Rows that there are.
    let count: Int
    /// The first row in sight.
    let top: Int
    /// The chosen row; `nil` in a list without rows, or where another list is the chosen one.
    let chosen: Int?

    /// Rows that fit.
    var height: Int { grid.body.rows }

    /// The rows in sight.
    var visible: Range<Int> { top..<max(top, min(count, top + height)) }

    /// The index of the row at a line of the screen.
    func index(row: Int) -> Int? {
        let index = row - grid.body.row + top
        return grid.body.row <= row && visible.contains(index) ? index : nil
    }
}

/// How the user looks at a list.
struct ListState: Equatable, Sendable {
    /// The chosen row, as long as no other is followed.
    var index = 0
    /// The thing that was chosen by hand; the chosen row goes where it goes.
    var followed: RowID?
    /// The first row in sight.
    var top = 0
    /// Whether the wheel has moved the rows, so that the chosen one may be out of sight.
    var isScrolled = false
    var sort: Sort?

    /// Keeps the chosen row among `count` rows, and in sight of a window of `height` rows.
    ///
    /// The window moves as little as it can.
    mutating func settle(count: Int, height: Int) {
        index = min(max(0, index), max(0, count - 1))
        if !isScrolled, height > 0 {
            top = min(top, index)
            top = max(top, index - height + 1)
        }
        top = min(max(0, top), max(0, count - max(1, height)))
    }
}
