// SPDX-License-Identifier: Apache-2.0

/// Rows under common columns, some of which go when the room gets narrow.
struct Table {
    enum Alignment {
        case left
        case right
    }

    struct Column {
        var title: String
        var width: Int
        var alignment = Alignment.left
        /// 0 stays to the last; higher ranks go first.
        var rank = 0
        /// Columns added to `width` at most, if there is room to spare.
        var growth = 0
    }

    let columns: [Column]

    /// Draws the heads, then the rows around the chosen one.
    ///
    /// The row at `selected` is kept in sight, and marked if `isFocused`. The closure makes the
    /// cells of a row, given the widths of all columns; 0 is a column that is not shown.
    func draw(
        on frame: inout Frame,
        in rect: Rect,
        rowCount: Int,
        selected: Int?,
        isFocused: Bool,
        row: (Int, [Int]) -> [Span]
    ) {
        guard rect.rows > 0, rect.columns > 0 else { return }
        let (widths, gap) = fit(rect.columns)
        let heads = columns.map { Span($0.title, .heading) }
        draw(heads, widths, gap, on: &frame, row: rect.row, in: rect)
        let body = Self.body(of: rect)
        for (line, index) in Self.visible(rowCount, around: selected ?? 0, rows: body.rows)
            .enumerated()
        {
            draw(row(index, widths), widths, gap, on: &frame, row: body.row + line, in: body)
            if isFocused, index == selected {
                let marked = Rect(
                    column: body.column,
                    row: body.row + line,
                    columns: body.columns,
                    rows: 1
                )
                frame.restyle(marked, .selected)
            }
        }
    }

    /// Where the rows go, below the heads.
    static func body(of rect: Rect) -> Rect {
        Rect(column: rect.column, row: rect.row + 1, columns: rect.columns, rows: rect.rows - 1)
    }

    /// The rows to show so that one of them is in sight, in the middle if possible.
    static func visible(_ count: Int, around index: Int, rows: Int) -> Range<Int> {
        guard count > 0, rows > 0 else { return 0..<0 }
        let first = max(0, min(index - rows / 2, count - rows))
        return first..<min(count, first + rows)
    }

    /// Widths of the columns, 0 for those that have no room, and the gap between them.
    private func fit(_ room: Int) -> (widths: [Int], gap: Int) {
        var widths = columns.map(\.width)
        func needed() -> Int {
            let shown = widths.filter { $0 > 0 }
            return shown.reduce(0, +) + max(0, shown.count - 1)
        }
        while needed() > room {
            let candidates = columns.indices.filter { widths[$0] > 0 && columns[$0].rank > 0 }
            guard
                let index = candidates.last(where: { candidate in
                    candidates.allSatisfy { columns[$0].rank <= columns[candidate].rank }
                })
            else { break }
            widths[index] = 0
        }
        var spare = max(0, room - needed())
        let gaps = max(0, widths.count { $0 > 0 } - 1)
        let gap = spare >= gaps ? 2 : 1
        spare -= gap == 2 ? gaps : 0
        // One cell each in turn, so that no column takes all that is spare.
        while spare > 0 {
            let growing = columns.indices.filter { index in
                widths[index] > 0 && widths[index] < columns[index].width + columns[index].growth
            }
            guard !growing.isEmpty else { break }
            for index in growing.prefix(spare) {
                widths[index] += 1
            }
            spare -= min(spare, growing.count)
        }
        return (widths, gap)
    }

    private func draw(
        _ cells: [Span],
        _ widths: [Int],
        _ gap: Int,
        on frame: inout Frame,
        row: Int,
        in limits: Rect
    ) {
        var column = limits.column
        for (index, cell) in cells.enumerated() where widths[index] > 0 {
            let width = widths[index]
            let text = String(cell.text.prefix(width))
            let isRight = columns[index].alignment == .right
            let start = isRight ? column + width - text.count : column
            frame.draw(text, cell.style, column: start, row: row, in: limits)
            column += width + gap
        }
    }
}
