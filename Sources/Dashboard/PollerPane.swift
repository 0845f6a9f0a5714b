// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// The threads that take packets from the port.
struct PollerPane {
    let model: Model

    func draw(on frame: inout Frame, in rect: Rect) {
        guard let pollers = model.snapshot?.detail?.pollers else { return }
        let table = Table(columns: [
            .init(title: "id", width: 4),
            .init(title: "state", width: 9, growth: 11),
            .init(title: "for", width: 5, alignment: .right),
            .init(title: "packet/s", width: 8, alignment: .right, rank: 1),
            .init(title: "busy", width: 4, alignment: .right),
            .init(title: "", width: 5, alignment: .right, rank: 2, growth: History.capacity),
        ])
        table.draw(
            on: &frame,
            in: rect,
            rowCount: pollers.count,
            selected: model.selection(in: .pollers),
            isFocused: model.focus == .pollers
        ) { index, widths in
            row(pollers[index], widths: widths)
        }
    }

    private func row(_ poller: RuntimeSnapshot.PollerRow, widths: [Int]) -> [Span] {
        let since = Quantity.duration(microseconds: poller.sinceMicroseconds, glyphs: model.glyphs)
        let bars = model.trends.pollers[poller.number]?
            .sparkline(width: widths[5], top: 100, glyphs: model.glyphs)
        return [
            Span("P\(poller.number)", .strong),
            state(poller.state, width: widths[1]),
            Span(since),
            Span(Quantity.rate(poller.packetsPerSecond)),
            Span(Quantity.percent(poller.busyPercent)),
            Span(bars ?? "", .flow),
        ]
    }

    private func state(_ state: RuntimeSnapshot.PollerRow.State, width: Int) -> Span {
        let glyphs = model.glyphs
        switch state {
        case .leader:
            let engine = model.snapshot?.engine ?? ""
            let long = "\(glyphs.leader) leader: in \(engine)"
            return Span(long.count <= width ? long : "\(glyphs.leader) leader", .waiting)
        case .waiting: return Span("\(glyphs.waiting) waiting", .parked)
        case .running: return Span("\(glyphs.running) running", .running)
        case .inline: return Span("\(glyphs.inline) inline", .running)
        case .blocked: return Span("\(glyphs.blocked) blocked", .blocked)
        case .leaving: return Span("\(glyphs.leaving) leaving", .warning)
        }
    }
}
