// SPDX-License-Identifier: Apache-2.0

/// Where the columns of a table are: what drawing and the mouse both go by.
struct Grid: Equatable, Sendable {
    /// A column that is shown.
    struct Slot: Equatable, Sendable {
        /// Its place among all columns of the table.
        var index: Int
        var start: Int
        var width: Int
    }

    let rect: Rect
    let shapes: [ColumnShape]
    /// Columns that have room, from left to right.
    let slots: [Slot]

    /// Shares the width of a rectangle between columns.
    ///
    /// The column that rows are sorted by keeps room for the mark behind its title.
    init(_ shapes: [ColumnShape], in rect: Rect, sort: Sort? = nil) {
        var shapes = shapes
        if let sort, let index = shapes.firstIndex(where: { $0.title == sort.column }) {
            shapes[index].width = max(shapes[index].width, shapes[index].title.count + 1)
            shapes[index].rank = 0
        }
        self.rect = rect
        self.shapes = shapes
        let (widths, gap) = Self.fit(shapes, rect.columns)
        var start = rect.column
        var slots: [Slot] = []
        for (index, width) in widths.enumerated() where width > 0 {
            slots.append(Slot(index: index, start: start, width: width))
            start += width + gap
        }
        self.slots = slots
    }

    /// Where the rows go, below the heads.
    var body: Rect {
        Rect(column: rect.column, row: rect.row + 1, columns: rect.columns, rows: rect.rows - 1)
    }

    /// The column whose head is at a place of the screen; the gap behind it belongs to it.
    func shape(column: Int) -> ColumnShape? {
        slots.last { $0.start <= column }.map { shapes[$0.index] }
    }

    /// Columns that are shown and that rows can be sorted by.
    var sortable: [ColumnShape] {
        slots.map { shapes[$0.index] }.filter(\.isSortable)
    }

    /// Widths of all columns, 0 for those that have no room, and the gap between them.
    private static func fit(_ shapes: [ColumnShape], _ room: Int) -> (widths: [Int], gap: Int) {
        var widths = shapes.map(\.width)
        var shown = widths.count { $0 > 0 }
        var needed = widths.reduce(0, +) + max(0, shown - 1)
        while needed > room {
            var last: Int?
            for index in shapes.indices where widths[index] > 0 && shapes[index].rank > 0 {
                if let candidate = last, shapes[candidate].rank > shapes[index].rank { continue }
                last = index
            }
            guard let last else { break }
            needed -= widths[last] + (shown > 1 ? 1 : 0)
            shown -= 1
            widths[last] = 0
        }
        let gaps = max(0, shown - 1)
        let gap = room - needed >= gaps ? 2 : 1
        var spare = room - needed - (gap == 2 ? gaps : 0)
        for index in shapes.indices where widths[index] > 0 {
            let cells = min(spare, shapes[index].urge)
            widths[index] += cells
            spare -= cells
        }
        // One cell each in turn, so that no column takes all that is spare.
        var hasGrown = true
        while spare > 0, hasGrown {
            hasGrown = false
            for index in shapes.indices where spare > 0 && widths[index] > 0 {
                guard widths[index] < shapes[index].width + shapes[index].growth else { continue }
                widths[index] += 1
                spare -= 1
                hasGrown = true
            }
        }
        return (widths, gap)
    }
}
