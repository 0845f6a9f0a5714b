// SPDX-License-Identifier: Apache-2.0

/// Where everything goes on a screen of a given size.
///
/// Three shapes: `stacked` for small screens, where the focused pane is open and the others are
/// one line each; `split` for ordinary ones; `wide` for very large ones, where the state machines
/// have a column of their own.
struct Layout {
    enum Shape {
        case tooSmall
        /// A few large figures instead of panes.
        case big
        /// The focused pane alone.
        case zoomed
        case stacked
        case split
        case wide
    }

    /// What the user wants to see instead of all panes.
    enum Emphasis {
        case none
        case zoomed
        case big
    }

    /// The smallest screen that anything is drawn on.
    static let smallest = Size(columns: 20, rows: 6)

    let shape: Shape
    /// Rows of the lines above the panes; `nil` if there is no room for the line.
    private(set) var pipelineRow: Int?
    private(set) var captionRow: Int?
    private(set) var keyRow: Int
    /// Rectangles that share their edges and hold one pane each.
    private(set) var boxes: [Pane: Rect] = [:]
    private(set) var eventBox: Rect?
    /// Where the heads of panes go.
    private(set) var heads: [Pane: Rect] = [:]
    /// Where the contents of panes go.
    private(set) var contents: [Pane: Rect] = [:]

    /// Where the large figures go.
    private(set) var bigArea: Rect?

    init(
        size: Size,
        focus: Pane,
        emphasis: Emphasis = .none,
        pollerCount: Int,
        workerCount: Int
    ) {
        keyRow = size.rows - 1
        guard size.columns >= Self.smallest.columns, size.rows >= Self.smallest.rows else {
            shape = .tooSmall
            return
        }
        if emphasis == .big {
            shape = .big
            captionRow = 1
            // A sentence takes two lines on a narrow screen.
            let first = size.rows >= 12 ? 3 : 2
            bigArea = Rect(
                column: 0,
                row: first,
                columns: size.columns,
                rows: keyRow - first
            )
            return
        }
        guard size.columns >= 72, size.rows >= 22 else {
            shape = .stacked
            stack(size, panes: emphasis == .zoomed ? [focus] : Pane.allCases, focus: focus)
            return
        }
        pipelineRow = 1
        captionRow = 2
        let body = Rect(column: 0, row: 3, columns: size.columns, rows: size.rows - 4)
        guard emphasis != .zoomed else {
            shape = .zoomed
            boxes[focus] = body
            heads[focus] = Rect(column: 1, row: body.row, columns: body.columns - 2, rows: 1)
            contents[focus] = body.interior
            return
        }
        let isWide = size.columns >= 150 && size.rows >= 40
        shape = isWide ? .wide : .split
        let pollerRows = max(2, pollerCount) + 1
        // Below the workers are a gauge of their counts and the queues.
        let workerRows = max(2, workerCount) + 3
        if isWide {
            widen(body, pollerRows: pollerRows, workerRows: workerRows)
        } else {
            split(body, pollerRows: pollerRows, workerRows: workerRows)
        }
        for (pane, box) in boxes {
            heads[pane] = Rect(
                column: box.column + 1,
                row: box.row,
                columns: box.columns - 2,
                rows: 1
            )
            contents[pane] = box.interior
        }
    }

    private mutating func stack(_ size: Size, panes: [Pane], focus: Pane) {
        var row = 1
        if size.rows >= 8 {
            pipelineRow = row
            row += 1
        }
        if size.rows >= 12 {
            captionRow = row
            row += 1
        }
        let panes = size.rows >= 12 ? panes : [focus]
        let open = keyRow - row - panes.count
        for pane in panes {
            heads[pane] = Rect(column: 0, row: row, columns: size.columns, rows: 1)
            row += 1
            if pane == focus {
                contents[pane] = Rect(column: 0, row: row, columns: size.columns, rows: open)
                row += open
            }
        }
    }

    /// Port beside pollers and workers; below them the state machines, then the event log.
    private mutating func split(_ body: Rect, pollerRows: Int, workerRows: Int) {
        let eventRows = body.rows >= 26 ? body.rows / 7 : 0
        let rows = body.rows - 3 - (eventRows > 0 ? eventRows + 1 : 0)
        // Of the rows between borders a little over half go to the threads.
        let threadRows = min(max(rows * 3 / 5, 9), max(9, pollerRows + 1 + workerRows))
        let top = Rect(column: 0, row: body.row, columns: body.columns, rows: threadRows + 2)
        let middle = body.columns * 9 / 20
        boxes[.port] = Rect(column: 0, row: top.row, columns: middle + 1, rows: top.rows)
        let pollers = min(pollerRows, max(3, (threadRows - 1) * 2 / 5)) + 2
        let right = body.columns - middle
        boxes[.pollers] = Rect(column: middle, row: top.row, columns: right, rows: pollers)
        boxes[.workers] = Rect(
            column: middle,
            row: top.row + pollers - 1,
            columns: right,
            rows: top.rows - pollers + 1
        )
        let bottom = body.endRow - (eventRows > 0 ? eventRows + 1 : 0)
        boxes[.machines] = Rect(
            column: 0,
            row: top.endRow - 1,
            columns: body.columns,
            rows: bottom - top.endRow + 1
        )
        if eventRows > 0 {
            eventBox = Rect(
                column: 0,
                row: bottom - 1,
                columns: body.columns,
                rows: eventRows + 2
            )
        }
    }

    /// Port, pollers and workers in the left column; state machines and events in the right one.
    private mutating func widen(_ body: Rect, pollerRows: Int, workerRows: Int) {
        // Machines have more to say than packets.
        let middle = body.columns * 2 / 5
        let room = body.rows - 4
        let pollers = min(pollerRows, room / 4)
        let workers = min(max(workerRows, room / 4), room / 2)
        let ports = room - pollers - workers
        var row = body.row
        for (pane, rows) in [(Pane.port, ports), (.pollers, pollers), (.workers, workers)] {
            boxes[pane] = Rect(column: 0, row: row, columns: middle + 1, rows: rows + 2)
            row += rows + 1
        }
        let eventRows = body.rows / 5
        let right = body.columns - middle
        let bottom = body.endRow - eventRows - 1
        boxes[.machines] = Rect(
            column: middle,
            row: body.row,
            columns: right,
            rows: bottom - body.row
        )
        eventBox = Rect(column: middle, row: bottom - 1, columns: right, rows: eventRows + 2)
    }
}
