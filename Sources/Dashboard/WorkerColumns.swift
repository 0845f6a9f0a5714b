// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// The columns of the list of workers.
struct WorkerColumns {
    let model: Model

    var all: [Column<RuntimeSnapshot.WorkerRow>] { what + howMuch }

    private var what: [Column<RuntimeSnapshot.WorkerRow>] {
        let glyphs = model.glyphs
        let model = model
        let workers = model.rows.workers
        let width = Quantity.width(ofNumbers: workers.lazy.map(\.number), behind: 1, atLeast: 4)
        let machineWidth = Quantity.width(
            ofNumbers: workers.lazy.map(\.machine),
            behind: 1,
            atLeast: 7
        )
        return [
            Column("id", width: width, by: { $0.number }) { worker, _ in
                model.span(ofThread: "worker-\(worker.number)", as: "W\(worker.number)")
            },
            Column("state", width: 10, growth: 1, by: { $0.state.rawValue }) { worker, _ in
                Self.state(worker.state, glyphs)
            },
            Column("runs", width: 7, rank: 1, growth: 17, by: { $0.function }) {
                worker,
                width in
                Span(worker.function.cut(to: width, glyphs: glyphs))
            },
            Column("machine", width: machineWidth, rank: 3, growth: 2, by: { $0.machine }) {
                worker,
                _ in
                worker.machine > 0 ? model.span(ofMachine: worker.machine, .plain) : Span("")
            },
        ]
    }

    private var howMuch: [Column<RuntimeSnapshot.WorkerRow>] {
        let model = model
        return [
            Column("for", width: 5, .right, by: { $0.sinceMicroseconds }) { worker, _ in
                let time = worker.sinceMicroseconds
                return Span(Quantity.spell(microseconds: time, glyphs: model.glyphs))
            },
            Column("item/s", width: 6, .right, rank: 5, by: { $0.itemsPerSecond.orZero }) {
                worker,
                _ in
                Span(Quantity.rate(worker.itemsPerSecond))
            },
            Column("busy", width: 4, .right, rank: 2, by: { $0.busyPercent.orZero }) { worker, _ in
                Span(Quantity.percent(worker.busyPercent))
            },
            Column("queue", width: 5, .right, rank: 4, by: { $0.localQueue }) { worker, _ in
                Span(Quantity.count(worker.localQueue))
            },
            Column("", width: 6, .right, rank: 6, growth: History.capacity) { worker, width in
                let history = model.trends.workers[worker.number]
                let bars = history?.sparkline(width: width, top: 100, glyphs: model.glyphs)
                return Span(bars ?? "", .flow)
            },
        ]
    }

    /// A state as glyph and word.
    static func state(_ state: RuntimeSnapshot.WorkerRow.State, _ glyphs: Glyphs) -> Span {
        switch state {
        case .running: Span("\(glyphs.running) running", .running)
        case .blocked: Span("\(glyphs.blocked) blocked", .blocked)
        case .spinning: Span("\(glyphs.spinning) spinning", .waiting)
        case .parked: Span("\(glyphs.parked) parked", .parked)
        case .leaving: Span("\(glyphs.leaving) leaving", .warning)
        }
    }
}
