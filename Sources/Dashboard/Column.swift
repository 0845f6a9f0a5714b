// SPDX-License-Identifier: Apache-2.0

/// What the place of a column depends on.
struct ColumnShape: Equatable, Sendable {
    enum Alignment {
        case left
        case right
    }

    var title: String
    var width: Int
    var alignment = Alignment.left
    /// 0 stays to the last; higher ranks go first.
    var rank = 0
    /// Columns added to `width` at most, if there is room to spare.
    var growth = 0
    /// Columns of `growth` that it gets before any other column grows.
    var urge = 0
    /// Whether rows can be sorted by it; numbers then come largest first, text from A on.
    var isSortable = false
}

/// One column of a table: its shape, its order, and the text of its cells.
struct Column<Row: DashboardRow> {
    var shape: ColumnShape
    /// Whether a row comes before another in ascending order.
    let precedes: ((Row, Row) -> Bool)?
    /// The cell of a row, given the width of the column.
    let cell: (Row, Int) -> Span

    /// A column that rows cannot be sorted by.
    init(
        _ title: String,
        width: Int,
        _ alignment: ColumnShape.Alignment = .left,
        rank: Int = 0,
        growth: Int = 0,
        cell: @escaping (Row, Int) -> Span
    ) {
        shape = ColumnShape(
            title: title,
            width: width,
            alignment: alignment,
            rank: rank,
            growth: growth
        )
        precedes = nil
        self.cell = cell
    }

    /// A column that rows can be sorted by.
    init(
        _ title: String,
        width: Int,
        _ alignment: ColumnShape.Alignment = .left,
        rank: Int = 0,
        growth: Int = 0,
        urge: Int = 0,
        by key: @escaping (Row) -> some Comparable,
        cell: @escaping (Row, Int) -> Span
    ) {
        shape = ColumnShape(
            title: title,
            width: width,
            alignment: alignment,
            rank: rank,
            growth: growth,
            urge: urge,
            isSortable: true
        )
        precedes = { key($0) < key($1) }
        self.cell = cell
    }
}

/// The order of a list that the user has chosen.
struct Sort: Equatable, Sendable {
    /// Title of the column.
    var column: String
    /// Whether the largest comes first.
    var isDescending: Bool
}

extension [ColumnShape] {
    /// The order that choosing a column begins with: the most interesting rows first.
    func firstSort(by title: String) -> Sort? {
        first { $0.title == title && $0.isSortable }
            .map { Sort(column: title, isDescending: $0.alignment == .right) }
    }
}

extension Array where Element: DashboardRow {
    /// The rows in a chosen order; equal rows keep the order in which they came.
    func sorted(_ sort: Sort?, by columns: [Column<Element>]) -> [Element] {
        guard let sort,
            let precedes = columns.first(where: { $0.shape.title == sort.column })?.precedes
        else { return self }
        let order = indices.sorted { one, other in
            if precedes(self[one], self[other]) { return !sort.isDescending }
            if precedes(self[other], self[one]) { return sort.isDescending }
            return one < other
        }
        return order.map { self[$0] }
    }
}
