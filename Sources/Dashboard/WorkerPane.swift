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
        if let row = gaugeRow(in: rect) {
            ThreadGauge(model: model).draw(on: &frame, row: row, in: rect)
        }
        var line = queues(snapshot, isTight: false)
        if line.width > rect.columns { line = queues(snapshot, isTight: true) }
        let spans = line.fitted(to: rect.columns)
        frame.draw(spans, column: rect.column, row: rect.endRow - 1, in: rect)
        let schedulers = schedulerRows(in: rect)
        for (index, row) in snapshot.schedulers.prefix(schedulers).enumerated() {
            let line = SchedulerLine(model: model, row: row).line.fitted(to: rect.columns)
            let place = rect.endRow - countRows(in: rect) - schedulers + index
            frame.draw(line, column: rect.column, row: place, in: rect)
        }
    }

    /// Where the threads go.
    func list(in rect: Rect) -> Rect {
        let rows = rect.rows - countRows(in: rect) - schedulerRows(in: rect)
        return Rect(column: rect.column, row: rect.row, columns: rect.columns, rows: rows)
    }

    /// Lines below the threads: the queues, and the counts if there is room.
    private func countRows(in rect: Rect) -> Int { gaugeRow(in: rect) == nil ? 1 : 2 }

    /// Lines for contexts and schedulers, as long as two are left for workers.
    private func schedulerRows(in rect: Rect) -> Int {
        let room = rect.rows - countRows(in: rect) - 2
        return min(model.snapshot?.schedulers.count ?? 0, max(0, room))
    }

    /// The row of the thread counts; `nil` where there is no room for it.
    func gaugeRow(in rect: Rect) -> Int? { rect.rows >= 5 ? rect.endRow - 2 : nil }

    /// How much is queued where; tight with short words and what matters most.
    private func queues(_ snapshot: RuntimeSnapshot, isTight: Bool) -> PhraseLine {
        let queues = snapshot.queues
        let local = queues.local.reduce(0) { $0 &+ $1 }
        let waited = queues.oldestMicroseconds ?? 0
        let followed = FollowedPlace(in: model) == .queue ? model.tempo.followed : nil
        // Whether there is an item that has only just come is not worth a change of the screen.
        let oldest =
            waited < 100_000 ? "<0.1s" : Quantity.spell(microseconds: waited, glyphs: model.glyphs)
        var line = PhraseLine(separator: Span(isTight ? " " : "  "))
        line.phrases = isTight ? [] : [.init("queues", .heading, rank: 3)]
        line.phrases += [
            phrase("global", Quantity.count(queues.global), rank: 0),
            phrase("high", Quantity.count(queues.highPriority), rank: 2),
            phrase("local", Quantity.count(local), rank: 1),
        ]
        if !isTight, (2...Self.queuesListed).contains(queues.local.count) {
            let list = queues.local.map { Quantity.count($0) }
                .joined(separator: model.glyphs.separator)
            line.phrases.append(.init("(\(list))", .dim, rank: 6))
        }
        let age = oldest.right(Quantity.durationWidth)
        line.phrases.append(phrase(isTight ? "old" : "oldest", age, rank: 1))
        if let rates = snapshot.detail?.rates {
            let stolen = "\(Quantity.rate(rates.stolenPerSecond))/s".right(6)
            line.phrases.append(phrase("stolen", stolen, rank: 5))
        }
        if !isTight {
            let peak = Quantity.count(Int(clamping: model.trends.items.peak))
            line.phrases.append(phrase("peak", peak, rank: 4))
        }
        // Last, so that nothing moves to and fro when it comes and goes.
        if let followed {
            line.phrases.append(.init([model.span(ofMachine: followed.number, .plain)]))
        }
        return line
    }

    private func phrase(_ name: String, _ value: String, rank: Int) -> PhraseLine.Phrase {
        let value = value.right(Quantity.countWidth)
        return .init([Span("\(name) "), Span(value, .strong)], rank: rank)
    }
}
