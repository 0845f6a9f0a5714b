// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// What waits: operations that nobody works on, packets that wait for a poller.
struct PortPane {
    private struct Gauge {
        var name: String
        var value: String
        /// `nil` where the value is a sentence of its own.
        var history: History?
        /// 0 stays to the last; higher ranks go first.
        var rank: Int
    }

    /// Rows below which the packets are left out.
    private static let rowsForPackets = 5

    let model: Model

    func draw(on frame: inout Frame, in rect: Rect, at place: ListPlace) {
        guard let snapshot = model.snapshot else { return }
        let gauges = gauges(of: snapshot, in: rect)
        for (index, gauge) in gauges.enumerated() {
            draw(gauge, on: &frame, row: rect.row + index, in: rect)
        }
        if hasBooks(rect) {
            drawBooks(snapshot.operations, on: &frame, row: rect.row + gauges.count + 1, in: rect)
        }
        let columns = PacketColumns(model: model).all
        Table(columns: columns, place: place, glyphs: model.glyphs)
            .draw(model.rows.packets, isFocused: model.focus == .port, on: &frame)
    }

    /// Where the packets go.
    func list(in rect: Rect) -> Rect {
        guard let snapshot = model.snapshot, rect.rows >= Self.rowsForPackets else {
            return Rect(column: rect.column, row: rect.endRow, columns: rect.columns, rows: 0)
        }
        let used = gauges(of: snapshot, in: rect).count + (hasBooks(rect) ? 5 : 0)
        return Rect(
            column: rect.column,
            row: rect.row + used,
            columns: rect.columns,
            rows: rect.rows - used
        )
    }

    private func gauges(of snapshot: RuntimeSnapshot, in rect: Rect) -> [Gauge] {
        let rows = rect.rows
        let port = snapshot.port
        let trends = model.trends
        var gauges = [
            Gauge(
                name: "armed",
                value: Quantity.count(port.armed),
                history: trends.armed,
                rank: 0
            )
        ]
        if port.inKernel > 0 || snapshot.engine != "epoll" {
            let value = Quantity.count(port.inKernel)
            gauges.append(Gauge(name: "in kernel", value: value, history: trends.inKernel, rank: 1))
        }
        gauges += [
            Gauge(
                name: "timers",
                value: Quantity.count(port.timers),
                history: trends.timers,
                rank: 2
            ),
            Gauge(
                name: "queued",
                value: Quantity.count(port.queued),
                history: trends.queued,
                rank: 0
            ),
        ]
        if let waits = port.waitMicroseconds {
            gauges.append(Gauge(name: "waited", value: sentence(waits, rect.columns), rank: 3))
        }
        gauges += [
            Gauge(
                name: "dequeued",
                value: (snapshot.detail.map { Quantity.rate($0.rates.dequeuedPerSecond) } ?? "-")
                    + "/s",
                history: trends.dequeued,
                rank: 4
            )
        ]
        let room = rows >= Self.rowsForPackets ? max(2, rows - 5) : rows
        while gauges.count > room, let rank = gauges.map(\.rank).max(),
            let index = gauges.lastIndex(where: { $0.rank == rank })
        {
            gauges.remove(at: index)
        }
        return gauges
    }

    /// How long packets wait for a poller: the damage, where user code holds the pollers.
    private func sentence(_ waits: RuntimeSnapshot.PacketWait, _ columns: Int) -> String {
        func part(_ name: String, _ microseconds: Int) -> String {
            let time = Quantity.duration(microseconds: microseconds, glyphs: model.glyphs)
            return "\(name) \(time.right(Quantity.durationWidth))"
        }
        let parts = [part("p50", waits.p50), part("p99", waits.p99), part("max", waits.max)]
        return parts.suffix(columns < 42 ? 2 : 3).joined(separator: "  ")
    }

    private func draw(_ gauge: Gauge, on frame: inout Frame, row: Int, in rect: Rect) {
        guard let history = gauge.history else {
            let column = frame.draw(gauge.name.left(9), column: rect.column, row: row, in: rect)
            frame.draw(gauge.value, .strong, column: column, row: row, in: rect)
            return
        }
        let isRate = gauge.value.hasSuffix("/s")
        let value = isRate ? gauge.value.right(7) : gauge.value.right(5) + "  "
        // The gauge that counts the machine that is followed is lit.
        let place = FollowedPlace(in: model)
        let isLit =
            switch gauge.name {
            case "armed": place == .armed
            case "timers": place == .timer
            case "queued": place == .port
            default: false
            }
        let name =
            isLit ? Span(gauge.name + model.glyphs.followed, .followed) : Span(gauge.name)
        frame.draw([name], column: rect.column, row: row, in: rect)
        var column = rect.column + 9
        column = frame.draw(value, .strong, column: column, row: row, in: rect) + 1
        let peak = Quantity.count(Int(clamping: history.peak)).right(Quantity.countWidth)
        let note = rect.columns >= 32 ? " peak \(peak)" : ""
        let width = min(rect.endColumn - column - note.count, History.capacity)
        let bars = history.sparkline(width: width, glyphs: model.glyphs)
        column = frame.draw(bars, .flow, column: column, row: row, in: rect)
        frame.draw(note, .dim, column: column, row: row, in: rect)
    }

    private func hasBooks(_ rect: Rect) -> Bool { rect.rows >= 16 }

    /// The law in full, where there is room for it.
    private func drawBooks(
        _ books: RuntimeSnapshot.Operations,
        on frame: inout Frame,
        row: Int,
        in rect: Rect
    ) {
        func entry(_ name: String, _ value: Int) -> String {
            "\(name) \(Quantity.count(value).right(Quantity.countWidth))"
        }
        let isRight = books.balances
        let verdict =
            isRight
            ? Span("  \(model.glyphs.good) balances", .good)
            : Span("  \(model.glyphs.bad) does not balance", .bad)
        let lines: [[Span]] = [
            [
                Span("books", .heading), Span("    "),
                Span(entry("submitted", books.submitted), .strong),
                Span(" = \(entry("in flight", books.inFlight))"),
                Span(" + \(entry("completed", books.completed))"),
            ],
            [
                Span("         + \(entry("failed", books.failed))"),
                Span(" + \(entry("cancelled", books.cancelled))"),
                Span(" + \(entry("timed out", books.timedOut))"), verdict,
            ],
            [
                Span("         of the completed: ", .dim),
                Span(entry("synchronous", books.synchronous), .dim),
                Span("  \(entry("raced", books.raced))", .dim),
            ],
        ]
        for (index, line) in lines.enumerated() {
            frame.draw(line, column: rect.column, row: row + index, in: rect)
        }
    }
}
