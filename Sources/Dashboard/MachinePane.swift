// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// The state machines: how requests fare, by function, and one by one.
struct MachinePane {
    let model: Model

    func draw(on frame: inout Frame, in rect: Rect, at places: [ListID: ListPlace]) {
        guard let snapshot = model.snapshot else { return }
        if hasRequests(rect) {
            drawRequests(snapshot.requests, on: &frame, in: rect)
        }
        let isFocused = model.focus == .machines
        if let place = places[.functions] {
            let columns = FunctionColumns(model: model, functions: model.rows.functions).all
            Table(columns: columns, place: place, glyphs: model.glyphs)
                .draw(model.rows.functions, isFocused: isFocused, on: &frame)
        }
        if let place = places[.machines] {
            Table(columns: MachineColumns(model: model).all, place: place, glyphs: model.glyphs)
                .draw(model.rows.machines, isFocused: isFocused, on: &frame)
        }
    }

    /// Where the machines one by one go: below the functions.
    func machines(in rect: Rect) -> Rect {
        let row = functions(in: rect).endRow
        return Rect(
            column: rect.column,
            row: row,
            columns: rect.columns,
            rows: rect.endRow - row
        )
    }

    private func hasRequests(_ rect: Rect) -> Bool { rect.rows >= 6 }

    /// Where the functions go.
    func functions(in rect: Rect) -> Rect {
        let first = hasRequests(rect) ? 1 : 0
        let count = model.rows.count(.functions)
        let room = rect.rows - first
        // Heads, functions, heads again, and at least as many machines as functions.
        let rows = room >= 5 ? 1 + min(max(1, count), (room - 2) / 2) : min(room, 1 + count)
        return Rect(
            column: rect.column,
            row: rect.row + first,
            columns: rect.columns,
            rows: rows
        )
    }

    private func drawRequests(
        _ requests: RuntimeSnapshot.Requests,
        on frame: inout Frame,
        in rect: Rect
    ) {
        let latency = requests.latencyMicroseconds
        func phrase(_ name: String, _ value: String, _ width: Int, rank: Int) -> PhraseLine.Phrase {
            .init([Span("\(name) ", .dim), Span(value.right(width), .strong)], rank: rank)
        }
        func time(_ name: String, _ value: Int, rank: Int) -> PhraseLine.Phrase {
            // No request was answered in the time that the figures are of.
            let measured = Quantity.duration(microseconds: value, glyphs: model.glyphs)
            let text = latency.max == 0 ? "-" : measured
            return phrase(name, text, Quantity.durationWidth, rank: rank)
        }
        var line = PhraseLine(separator: Span("  "))
        line.phrases = [
            phrase("requests", "\(Quantity.rate(requests.perSecond))/s", 6, rank: 0),
            phrase("failed", Quantity.count(requests.failed), Quantity.countWidth, rank: 3),
            time("p50", latency.p50, rank: 2), time("p90", latency.p90, rank: 5),
            time("p99", latency.p99, rank: 1), time("p99.9", latency.p999, rank: 6),
            time("max", latency.max, rank: 4),
        ]
        let spans = line.fitted(to: rect.columns)
        frame.draw(spans, column: rect.column, row: rect.row, in: rect)
    }
}
