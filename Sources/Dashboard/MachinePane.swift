// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// The state machines: how requests fare, by function, and one by one.
struct MachinePane {
    /// Operations in the order in which a request meets them; others follow by name.
    private static let usualOrder = ["accept", "connect", "write", "read", "sleep"]

    let model: Model

    func draw(on frame: inout Frame, in rect: Rect) {
        guard let snapshot = model.snapshot else { return }
        if hasRequests(rect) {
            drawRequests(snapshot.requests, on: &frame, in: rect)
        }
        if let detail = snapshot.detail {
            drawFunctions(detail.functions, on: &frame, in: functions(in: rect))
            drawMachines(detail.machines, on: &frame, in: list(in: rect))
        }
    }

    /// Where the machines one by one go: below the functions.
    func list(in rect: Rect) -> Rect {
        let row = functions(in: rect).endRow
        return Rect(
            column: rect.column,
            row: row,
            columns: rect.columns,
            rows: rect.endRow - row
        )
    }

    private func hasRequests(_ rect: Rect) -> Bool { rect.rows >= 6 }

    private func functions(in rect: Rect) -> Rect {
        let first = hasRequests(rect) ? 1 : 0
        let count = model.snapshot?.detail?.functions.count ?? 0
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
            let text = Quantity.duration(microseconds: value, glyphs: model.glyphs)
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

    private func drawFunctions(
        _ functions: [RuntimeSnapshot.FunctionRow],
        on frame: inout Frame,
        in rect: Rect
    ) {
        let operations = operations(of: functions)
        var columns: [Table.Column] = [
            .init(title: "function", width: 10, growth: 8),
            .init(title: "running", width: 7, alignment: .right),
        ]
        columns += operations.map {
            .init(
                title: $0,
                width: max(Quantity.countWidth, min($0.count, 10)),
                alignment: .right,
                rank: 2
            )
        }
        columns.append(.init(title: "done/s", width: 6, alignment: .right, rank: 1))
        let table = Table(columns: columns)
        table.draw(on: &frame, in: rect, rowCount: functions.count, selected: nil, isFocused: false)
        {
            index,
            widths in
            let function = functions[index]
            let waiting = operations.map { name in
                function.waiting[name].map { Span(Quantity.count($0), $0 > 0 ? .plain : .dim) }
                    ?? Span("-", .dim)
            }
            return [
                Span(function.function.cut(to: widths[0], glyphs: model.glyphs), .strong),
                Span(Quantity.count(function.running), function.running > 0 ? .running : .dim),
            ] + waiting + [Span(Quantity.rate(function.donePerSecond))]
        }
    }

    private func operations(of functions: [RuntimeSnapshot.FunctionRow]) -> [String] {
        let names = Set(functions.flatMap(\.waiting.keys))
        return Self.usualOrder.filter(names.contains)
            + names.subtracting(Self.usualOrder).sorted()
    }

    private func drawMachines(
        _ machines: [RuntimeSnapshot.MachineRow],
        on frame: inout Frame,
        in rect: Rect
    ) {
        let time = Quantity.durationWidth
        let table = Table(columns: [
            .init(title: "machine", width: 7, growth: 3),
            .init(title: "function", width: 8, growth: 16),
            .init(title: "state", width: 9, growth: 6),
            .init(title: "fd", width: 4, alignment: .right, rank: 3, growth: 1),
            .init(title: "for", width: time, alignment: .right),
            .init(title: "age", width: time, alignment: .right, rank: 1),
            .init(title: "ran", width: time, alignment: .right, rank: 6),
            .init(title: "queued", width: 6, alignment: .right, rank: 7),
            .init(title: "waited", width: 6, alignment: .right, rank: 8),
            .init(title: "hops", width: 4, alignment: .right, rank: 2),
            .init(title: "thread", width: 9, rank: 4, growth: 3),
            .init(title: "awaits at", width: 16, rank: 5, growth: 40),
        ])
        table.draw(
            on: &frame,
            in: rect,
            rowCount: machines.count,
            selected: model.selection(in: .machines),
            isFocused: model.focus == .machines
        ) { index, widths in
            row(machines[index], widths: widths)
        }
    }

    private func row(_ machine: RuntimeSnapshot.MachineRow, widths: [Int]) -> [Span] {
        func time(_ value: Int) -> Span {
            Span(Quantity.duration(microseconds: value, glyphs: model.glyphs))
        }
        return [
            Span("#\(machine.number)", .strong),
            Span(machine.function.cut(to: widths[1], glyphs: model.glyphs)),
            state(machine.state),
            Span(machine.descriptor < 0 ? "-" : "\(machine.descriptor)"),
            time(machine.sinceMicroseconds),
            time(machine.ageMicroseconds),
            time(machine.runningMicroseconds),
            time(machine.queuedMicroseconds),
            time(machine.waitingMicroseconds),
            Span(Quantity.count(machine.hops)),
            Span(machine.thread),
            Span(machine.site.cut(to: widths[11], glyphs: model.glyphs), .dim),
        ]
    }

    private func state(_ state: String) -> Span {
        switch state {
        case "running": Span("\(model.glyphs.running) \(state)", .running)
        case "queued": Span("\(model.glyphs.spinning) \(state)", .warning)
        default: Span("\(model.glyphs.waiting) \(state)", .waiting)
        }
    }
}
