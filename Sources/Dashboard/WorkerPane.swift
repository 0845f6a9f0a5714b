// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// The pool's threads and the queues that they take work from.
struct WorkerPane {
    /// Local queues listed one by one; more are given as their sum.
    private static let queuesListed = 16

    let model: Model

    func draw(on frame: inout Frame, in rect: Rect) {
        guard let snapshot = model.snapshot else { return }
        drawThreads(snapshot.detail?.workers ?? [], on: &frame, in: list(in: rect))
        let line = queues(snapshot).fitted(to: rect.columns)
        frame.draw(line, column: rect.column, row: rect.endRow - 1, in: rect)
    }

    /// Where the threads go.
    func list(in rect: Rect) -> Rect {
        Rect(column: rect.column, row: rect.row, columns: rect.columns, rows: rect.rows - 1)
    }

    private func drawThreads(
        _ workers: [RuntimeSnapshot.WorkerRow],
        on frame: inout Frame,
        in rect: Rect
    ) {
        let table = Table(columns: [
            .init(title: "id", width: 4),
            .init(title: "state", width: 9, growth: 1),
            .init(title: "function", width: 8, rank: 1, growth: 16),
            .init(title: "machine", width: 7, rank: 3, growth: 2),
            .init(title: "for", width: 5, alignment: .right),
            .init(title: "item/s", width: 6, alignment: .right, rank: 5),
            .init(title: "busy", width: 4, alignment: .right, rank: 2),
            .init(title: "queue", width: 5, alignment: .right, rank: 4),
            .init(title: "", width: 6, alignment: .right, rank: 6, growth: History.capacity),
        ])
        table.draw(
            on: &frame,
            in: rect,
            rowCount: workers.count,
            selected: model.selection(in: .workers),
            isFocused: model.focus == .workers
        ) { index, widths in
            row(workers[index], widths: widths)
        }
    }

    private func row(_ worker: RuntimeSnapshot.WorkerRow, widths: [Int]) -> [Span] {
        let since = Quantity.duration(microseconds: worker.sinceMicroseconds, glyphs: model.glyphs)
        let bars = model.trends.workers[worker.number]?
            .sparkline(width: widths[8], top: 100, glyphs: model.glyphs)
        return [
            Span("W\(worker.number)", .strong),
            state(worker.state),
            Span(worker.function.cut(to: widths[2], glyphs: model.glyphs)),
            Span(worker.machine > 0 ? "#\(worker.machine)" : ""),
            Span(since),
            Span(Quantity.rate(worker.itemsPerSecond)),
            Span(Quantity.percent(worker.busyPercent)),
            Span(Quantity.count(worker.localQueue)),
            Span(bars ?? "", .flow),
        ]
    }

    private func state(_ state: RuntimeSnapshot.WorkerRow.State) -> Span {
        let glyphs = model.glyphs
        return switch state {
        case .running: Span("\(glyphs.running) running", .running)
        case .blocked: Span("\(glyphs.blocked) blocked", .blocked)
        case .spinning: Span("\(glyphs.spinning) looking", .waiting)
        case .parked: Span("\(glyphs.parked) parked", .parked)
        case .leaving: Span("\(glyphs.leaving) leaving", .warning)
        }
    }

    private func queues(_ snapshot: RuntimeSnapshot) -> PhraseLine {
        let queues = snapshot.queues
        let local = queues.local.reduce(0) { $0 &+ $1 }
        var line = PhraseLine(separator: Span("  "))
        line.phrases = [
            .init("queues", .heading, rank: 3),
            phrase("global", Quantity.count(queues.global), rank: 0),
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
