// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// The columns of the list of pollers.
struct PollerColumns {
    let model: Model

    var all: [Column<RuntimeSnapshot.PollerRow>] {
        let model = model
        let numbers = model.rows.pollers.lazy.map(\.number)
        let width = Quantity.width(ofNumbers: numbers, behind: 1, atLeast: 4)
        var columns: [Column<RuntimeSnapshot.PollerRow>] = [
            Column("id", width: width, by: { $0.number }) { poller, _ in
                model.span(ofThread: "poller-\(poller.number)", as: "P\(poller.number)")
            },
            Column("state", width: 9, growth: 11, by: { $0.state.rawValue }) { poller, width in
                let isWide = width >= 18
                return Self.state(
                    poller.state,
                    engine: isWide ? model.engine : "",
                    code: isWide ? poller.function : "",
                    model.glyphs
                )
            },
            Column("for", width: 5, .right, by: { $0.sinceMicroseconds }) { poller, _ in
                let time = poller.sinceMicroseconds
                return Span(Quantity.spell(microseconds: time, glyphs: model.glyphs))
            },
            Column("packet/s", width: 8, .right, rank: 1, by: { $0.packetsPerSecond.orZero }) {
                poller,
                _ in
                Span(Quantity.rate(poller.packetsPerSecond))
            },
            Column("busy", width: 4, .right, by: { $0.busyPercent.orZero }) { poller, _ in
                Span(Quantity.percent(poller.busyPercent))
            },
            Column("", width: 5, .right, rank: 3, growth: History.capacity) { poller, width in
                let history = model.trends.pollers[poller.number]
                let bars = history?.sparkline(width: width, top: 100, glyphs: model.glyphs)
                return Span(bars ?? "", .flow)
            },
        ]
        if holdsUserCode {
            let user = Column<RuntimeSnapshot.PollerRow>(
                "user",
                width: 4,
                .right,
                rank: 2,
                by: { $0.userPercent.orZero },
                cell: { poller, _ in Span(Quantity.percent(poller.userPercent)) }
            )
            columns.insert(user, at: columns.count - 1)
        }
        return columns
    }

    /// Whether user code runs on pollers: else a column of zeros would say nothing.
    private var holdsUserCode: Bool {
        guard let snapshot = model.snapshot else { return false }
        return snapshot.placement == "inline"
            || snapshot.detail?.pollers.contains { $0.userPercent > 0 } == true
    }

    /// A state as glyph and word, with the engine that the leader waits in and the code that holds
    /// a poller.
    static func state(
        _ state: RuntimeSnapshot.PollerRow.State,
        engine: String,
        code: String = "",
        _ glyphs: Glyphs
    ) -> Span {
        let code = code.isEmpty ? "" : ": \(code)"
        switch state {
        case .leader:
            let place = engine.isEmpty ? "" : ": in \(engine)"
            return Span("\(glyphs.leader) leader\(place)", .waiting)
        case .waiting: return Span("\(glyphs.waiting) waiting", .parked)
        case .running: return Span("\(glyphs.running) running", .running)
        case .inline: return Span("\(glyphs.inline) inline\(code)", .running)
        case .blocked: return Span("\(glyphs.blocked) blocked\(code)", .blocked)
        case .leaving: return Span("\(glyphs.leaving) leaving", .warning)
        }
    }
}

extension Double {
    /// A value that can be sorted by: what is no number counts as nothing.
    var orZero: Double { isNaN ? 0 : self }
}
