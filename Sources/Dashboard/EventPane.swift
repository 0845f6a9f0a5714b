// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// The newest entries of the event log, the newest at the bottom.
struct EventPane {
    let model: Model

    func draw(on frame: inout Frame, in box: Rect) {
        guard let snapshot = model.snapshot else { return }
        let content = box.interior
        let dropped = snapshot.telemetry.droppedEvents
        var head = [Span("Events ", .strong)]
        if dropped > 0 {
            let text = "\(model.glyphs.separator) \(Quantity.count(dropped)) dropped "
            head.append(Span(text, .warning))
        }
        let top = Rect(column: box.column + 1, row: box.row, columns: box.columns - 2, rows: 1)
        frame.draw(head, column: top.column, row: top.row, in: top)
        let events = snapshot.detail?.events.suffix(max(0, content.rows)) ?? []
        for (index, event) in events.enumerated() {
            let clock = Quantity.clock(seconds: event.elapsedSeconds)
            let row = content.row + index
            var column = frame.draw(clock, .dim, column: content.column, row: row, in: content) + 2
            column = frame.draw(event.name, .strong, column: column, row: row, in: content) + 2
            let text = event.text.cut(to: content.endColumn - column, glyphs: model.glyphs)
            frame.draw(text, column: column, row: row, in: content)
        }
    }
}
