// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// A synchronization context or scheduler, and what waits for it.
struct SchedulerLine {
    let model: Model
    let row: RuntimeSnapshot.SchedulerRow

    var line: PhraseLine {
        let glyphs = model.glyphs
        var line = PhraseLine(separator: Span("  "))
        let name = row.thread.isEmpty ? row.name : row.thread
        line.phrases = [.init(name.left(10), .heading, rank: 0)]
        switch row.state {
        case .running: line.phrases.append(.init("\(glyphs.running) running", .running, rank: 0))
        case .blocked: line.phrases.append(.init("\(glyphs.blocked) blocked", .blocked, rank: 0))
        case .parked: line.phrases.append(.init("\(glyphs.parked) parked ", .parked, rank: 0))
        }
        line.phrases.append(phrase("queue", Quantity.count(row.queued), rank: 1))
        if row.limit > 1 || row.thread.isEmpty {
            line.phrases.append(phrase("on", "\(row.running) of \(row.limit)", rank: 3))
        }
        if row.machine != 0 {
            line.phrases.append(phrase("machine", "#\(row.machine)", rank: 2))
        }
        if !row.thread.isEmpty {
            let time = Quantity.duration(microseconds: row.sinceMicroseconds, glyphs: glyphs)
            line.phrases.append(phrase("for", time, rank: 4))
            line.phrases.append(phrase("busy", Quantity.percent(row.busyPercent), rank: 5))
        }
        return line
    }

    private func phrase(_ name: String, _ value: String, rank: Int) -> PhraseLine.Phrase {
        .init([Span("\(name) "), Span(value, .strong)], rank: rank)
    }
}
