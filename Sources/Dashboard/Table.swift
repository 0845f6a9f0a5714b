// SPDX-License-Identifier: Apache-2.0

/// Rows under common columns, drawn where a ``ListPlace`` says.
struct Table<Row: DashboardRow> {
    let columns: [Column<Row>]
    let place: ListPlace
    let glyphs: Glyphs

    /// Draws the heads, then the rows that are in sight.
    func draw(_ rows: [Row], isFocused: Bool, on frame: inout Frame) {
        let grid = place.grid
        guard grid.rect.rows > 0, grid.rect.columns > 0 else { return }
        for slot in grid.slots {
            drawHead(slot, on: &frame)
        }
        for index in place.visible where index < rows.count {
            let row = grid.body.row + index - place.top
            for slot in grid.slots {
                let cell = columns[slot.index].cell(rows[index], slot.width)
                let isRight = columns[slot.index].shape.alignment == .right
                draw(cell, slot, isRight, row: row, on: &frame)
            }
            if isFocused, index == place.chosen {
                let body = grid.body
                let line = Rect(column: body.column, row: row, columns: body.columns, rows: 1)
                frame.restyle(line, .selected, except: .followed)
            }
        }
    }

    private func drawHead(_ slot: Grid.Slot, on frame: inout Frame) {
        let shape = place.grid.shapes[slot.index]
        let isRight = shape.alignment == .right
        guard let sort = place.sort, sort.column == shape.title else {
            let head = Span(shape.title, .heading)
            draw(head, slot, isRight, row: place.grid.rect.row, on: &frame)
            return
        }
        let mark = sort.isDescending ? glyphs.descending : glyphs.ascending
        let head = Span(shape.title + mark, .strong)
        draw(head, slot, isRight, row: place.grid.rect.row, on: &frame)
    }

    private func draw(
        _ cell: Span,
        _ slot: Grid.Slot,
        _ isRight: Bool,
        row: Int,
        on frame: inout Frame
    ) {
        var limits = place.grid.rect
        limits.columns = min(limits.endColumn, slot.start + slot.width) - limits.column
        let blank = isRight ? max(0, slot.width - cell.text.width) : 0
        frame.draw(cell.text, cell.style, column: slot.start + blank, row: row, in: limits)
    }
}
