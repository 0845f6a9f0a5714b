// SPDX-License-Identifier: Apache-2.0

/// What the focused pane shows, for somebody who has never heard of it, and the keys.
struct HelpOverlay {
    private static let widest = 76

    let model: Model

    /// Draws the box in the middle of the rows above the key bar.
    func draw(on frame: inout Frame, above end: Int) {
        let columns = min(Self.widest, frame.size.columns)
        let lines = lines(width: columns - 4)
        let rows = min(lines.count + 2, end)
        let box = Rect(
            column: (frame.size.columns - columns) / 2,
            row: (end - rows) / 2,
            columns: columns,
            rows: rows
        )
        frame.fill(box, .plain)
        var borders = Borders(size: frame.size)
        borders.addBox(box)
        borders.draw(on: &frame, glyphs: model.glyphs)
        let head = " \(model.focus.rawValue) \(model.focus.name) "
        frame.draw(head, .focus, column: box.column + 1, row: box.row, in: box.interiorColumns)
        let inner = box.interior
        for (index, line) in lines.enumerated() {
            frame.draw(line, column: inner.column + 1, row: inner.row + index, in: inner)
        }
    }

    private func lines(width: Int) -> [[Span]] {
        let text = [Self.explanation(of: model.focus), Self.epoll]
        var lines: [[Span]] = []
        for paragraph in text {
            lines += Self.wrap(paragraph, width: width).map { [Span($0)] } + [[]]
        }
        for (keys, action) in keys {
            lines.append([Span(keys.left(19), .key), Span(" \(action)")])
        }
        return lines
    }

    private var keys: [(keys: String, action: String)] {
        [
            ("Tab  Shift-Tab  1-4", "choose a pane"),
            ("+  =  -", "change the \(model.focus.setting.name) of this pane"),
            ("Up Down  j k", "choose a row"),
            ("PgUp PgDn", "move by a page"),
            ("Home End  g G", "first and last row"),
            ("?  h  F1  Esc", "open and close this help"),
            ("Ctrl-L  Ctrl-Z", "paint anew, suspend"),
            ("q  F10  Ctrl-C", "quit"),
        ]
    }

    private static let epoll = """
        On epoll the kernel reports readiness only: the poller then makes the call itself, and \
        only then is there a packet.
        """

    private static func explanation(of pane: Pane) -> String {
        switch pane {
        case .port:
            """
            A completion port is the queue in which finished operations wait, as packets, until \
            a poller takes them. An operation that is still under way is armed: it holds memory, \
            but no thread waits for it.
            """
        case .pollers:
            """
            A poller is a thread that takes packets from the port and sends each continuation to \
            the place where it is to run. One of them, the leader, waits in the kernel for all; \
            the concurrency value limits how many run at once.
            """
        case .workers:
            """
            A worker is a thread of the pool: it runs queued continuations one after the other \
            and parks when there is nothing to do. It takes from its own queue first, then from \
            the global one, then from another worker; while it blocks, it runs nothing else.
            """
        case .machines:
            """
            A state machine is what the compiler makes of an async function: at each await it \
            notes where it stopped and gives its thread back. Until its operation has finished \
            it is a piece of memory; then any thread may run it on.
            """
        }
    }

    /// Breaks a text at blanks into lines of a width.
    private static func wrap(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}

extension Rect {
    /// The rectangle without its first and last column.
    fileprivate var interiorColumns: Rect {
        Rect(column: column + 1, row: row, columns: columns - 2, rows: rows)
    }
}
