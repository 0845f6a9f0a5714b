// SPDX-License-Identifier: Apache-2.0

/// A box of the picture; the numbers are the article's steps, with epoll's two in between.
enum PictureStation: CaseIterable, Hashable {
    case userCode, machine, operation, kernel, port, pollers, placement, queues, workers

    var title: String {
        switch self {
        case .userCode: "1 user code"
        case .machine: "2 state machine"
        case .operation: "3 operation"
        case .kernel: "4 kernel"
        case .port: "7 port"
        case .pollers: "8 pollers"
        case .placement: "9 placement"
        case .queues: "10 queues"
        case .workers: "11 workers"
        }
    }
}

/// Where the boxes of the picture go: a loop, clockwise, as the article draws it.
///
/// Above, user code to kernel from left to right; on the right, down through the port; below, pollers
/// to workers from right to left; on the left, up again. What is in the middle is free for words.
struct PictureLayout {
    /// The fewest columns and rows that the loop needs.
    static let smallest = Size(columns: 80, rows: 18)

    let boxes: [PictureStation: Rect]
    /// Columns between two boxes, for an arrow.
    let gap: Int
    /// Where words go.
    let middle: Rect
    /// Column of the arrow up, from the workers to user code.
    let rise: Int
    /// Column of the arrows down, through the port.
    let fall: Int
    let legendRow: Int

    /// `nil` where the area is too small for a loop.
    init?(in area: Rect) {
        guard area.columns >= Self.smallest.columns, area.rows >= Self.smallest.rows else {
            return nil
        }
        gap = 5 + min(7, (area.columns - 80) / 12)
        let spare = area.columns - 80 - 3 * (gap - 5)
        let widths = [15 + spare / 4, 18 + spare - spare / 4 * 3, 16 + spare / 4, 16 + spare / 4]
        var starts: [Int] = []
        var column = area.column
        for width in widths {
            starts.append(column)
            column += width + gap
        }
        let height = min(14, 4 + max(0, area.rows - 20) / 3)
        legendRow = area.endRow - 1
        let bottom = legendRow - height
        func box(_ index: Int, _ row: Int, _ rows: Int) -> Rect {
            Rect(column: starts[index], row: row, columns: widths[index], rows: rows)
        }
        let fork = max(7, height)
        let port = area.row + height + 3
        boxes = [
            .userCode: box(0, area.row, height), .machine: box(1, area.row, height),
            .operation: box(2, area.row, height), .kernel: box(3, area.row, height),
            .port: box(3, port, bottom - 2 - port), .pollers: box(3, bottom, height),
            .placement: box(2, legendRow - fork, fork), .queues: box(1, bottom, height),
            .workers: box(0, bottom, height),
        ]
        let first = area.row + height + 1
        middle = Rect(
            column: starts[1],
            row: first,
            columns: starts[2] + widths[2] - starts[1],
            rows: legendRow - fork - 1 - first
        )
        rise = starts[0] + 4
        fall = starts[3] + 2
    }
}
