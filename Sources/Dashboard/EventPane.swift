// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// The newest entries of the event log, the newest at the bottom.
struct EventPane {
    let model: Model

    func draw(on frame: inout Frame, in box: Rect) {
        guard let snapshot = model.snapshot else { return }
        let content = box.interior
        let dropped = snapshot.telemetry.droppedEvents
        let events = EventLines(model: model)
        var head = [Span("Events ", .strong)]
        if events.count > content.rows {
            let earlier = snapshot.detail?.eventsBefore ?? 0
            let before = earlier > 0 ? ", \(Quantity.count(earlier)) before" : ""
            let text = "\(model.glyphs.separator) \(events.count) in the log\(before) "
            head.append(Span(text, .border))
        }
        if dropped > 0 {
            let text = "\(model.glyphs.separator) \(Quantity.count(dropped)) dropped "
            head.append(Span(text, .warning))
        }
        let top = Rect(column: box.column + 1, row: box.row, columns: box.columns - 2, rows: 1)
        frame.draw(head, column: top.column, row: top.row, in: top)
        let lines = events.lines(
            height: content.rows,
            below: model.overlay == nil ? model.eventsBelow : 0,
            width: content.columns
        )
        for (index, line) in lines.enumerated() {
            frame.draw(line, column: content.column, row: content.row + index, in: content)
        }
    }
}

/// The whole event log over the panes.
struct EventLogOverlay {
    let model: Model

    var height: Int { placed.height }

    /// Where the box is.
    var placed: OverlayBox {
        let rows = max(1, model.size.rows - 3)
        return OverlayBox(size: model.size, widest: 120, lineCount: rows, top: 0)
    }

    func draw(on frame: inout Frame) {
        let box = placed
        let events = EventLines(model: model)
        var lines = events.lines(
            height: box.height,
            below: model.eventsBelow,
            width: box.text.columns
        )
        if lines.isEmpty { lines = [[Span("Nothing has happened yet.", .dim)]] }
        let below = min(model.eventsBelow, max(0, events.count - box.height))
        let last = events.count - below
        let first = min(last, max(0, last - box.height) + 1)
        let earlier = model.snapshot?.detail?.eventsBefore ?? 0
        let before = earlier > 0 ? ", \(Quantity.count(earlier)) before" : ""
        let head =
            "Event log \(model.glyphs.separator) \(first)-\(last) of \(events.count)\(before)"
        box.draw(head, lines, on: &frame, glyphs: model.glyphs)
    }
}
