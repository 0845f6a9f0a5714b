// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// The pool's threads and the queues that they take work from.
struct WorkerPane {
    /// Local queues listed one by one; more are given as their sum.
    private static let queuesListed = 16

    let model: Model

    func draw(on frame: inout Frame, in rect: Rect, at place: ListPlace) {
        guard let snapshot = model.snapshot else { return }
        let columns = WorkerColumns(model: model).all
        Table(columns: columns, place: place, glyphs: model.glyphs)
            .draw(model.rows.workers, isFocused: model.focus == .workers, on: &frame)
        guard rect.rows > 0 else { return }
        let line = queues(snapshot).fitted(to: rect.columns)
        frame.draw(line, column: rect.column, row: rect.endRow - 1, in: rect)
        for (index, row) in snapshot.schedulers.prefix(schedulerRows(in: rect)).enumerated() {
            let line = SchedulerLine(model: model, row: row).line.fitted(to: rect.columns)
            let place = rect.endRow - 1 - schedulerRows(in: rect) + index
            frame.draw(line, column: rect.column, row: place, in: rect)
        }
    }

    /// Where the threads go.
    func list(in rect: Rect) -> Rect {
        let rows = rect.rows - 1 - schedulerRows(in: rect)
        return Rect(column: rect.column, row: rect.row, columns: rect.columns, rows: rows)
    }

    /// Lines for contexts and schedulers, as long as two are left for workers.
    private func schedulerRows(in rect: Rect) -> Int {
        min(model.snapshot?.schedulers.count ?? 0, max(0, rect.rows - 3))
    }

    private func queues(_ snapshot: RuntimeSnapshot) -> PhraseLine {
        let queues = snapshot.queues
        let local = queues.local.reduce(0) { $0 &+ $1 }
        var line = PhraseLine(separator: Span("  "))
        line.phrases = [
            .init("queues", .heading, rank: 3),
            phrase("global", Quantity.count(queues.global), rank: 0),
            phrase("peak", Quantity.count(Int(clamping: model.trends.items.peak)), rank: 4),
            phrase("high", Quantity.count(queues.highPriority), rank: 2),
            phrase("local", Quantity.count(local), rank: 1),
        ]
        if (2...Self.queuesListed).contains(queues.local.count) {
            let list = queues.local.map { Quantity.count($0) }
                .joined(separator: model.glyphs.separator)
            line.phrases.append(.init("(\(list))", .dim, rank: 6))
        }
        if let rates = snapshot.detail?.rates {
            line.phrases.append(
                phrase("stolen", "\(Quantity.rate(rates.stolenPerSecond))/s", rank: 5)
            )
        }
        return line
    }

    private func phrase(_ name: String, _ value: String, rank: Int) -> PhraseLine.Phrase {
        let value = value.right(Quantity.countWidth)
        return .init([Span("\(name) "), Span(value, .strong)], rank: rank)
    }
}
