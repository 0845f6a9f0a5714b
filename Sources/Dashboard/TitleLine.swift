// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// The first line: what runs, on what, since when.
struct TitleLine {
    let model: Model

    func draw(on frame: inout Frame, row: Int) {
        let bar = Rect(column: 0, row: row, columns: frame.size.columns, rows: 1)
        frame.fill(bar, .title)
        let room = bar.columns - 2
        let left = PhraseLine(
            separator: Span(" \(model.glyphs.separator) ", .title),
            phrases: subject
        )
        let right = PhraseLine(
            separator: Span(" \(model.glyphs.separator) ", .title),
            phrases: state
        )
        let ending = right.fitted(to: max(PhraseLine.width(of: status.spans), room * 3 / 5))
        let start = bar.endColumn - 1 - PhraseLine.width(of: ending)
        let beginning = left.fitted(to: start - 3)
        if PhraseLine.width(of: beginning) <= start - 2 {
            frame.draw(beginning, column: 1, row: row, in: bar)
        }
        frame.draw(ending, column: max(start, 1), row: row, in: bar)
    }

    private var subject: [PhraseLine.Phrase] {
        guard let snapshot = model.snapshot else { return [.init("pooltop", .title)] }
        var phrases = [PhraseLine.Phrase("pooltop  \(snapshot.scenario)", .title)]
        if let detail = snapshot.detail, let clients = model.value(of: .clients) {
            let noun = clients == 1 ? "client" : "clients"
            phrases.append(.init("\(clients) \(noun)", .title, rank: 1))
            let loop =
                detail.settings.ratePerSecond.map { "open loop \(Quantity.rate($0))/s" }
                ?? "closed loop"
            phrases.append(.init(loop, .title, rank: 3))
        }
        if let address = snapshot.detail?.address, !address.isEmpty {
            phrases.append(.init(address, .title, rank: 2))
        }
        return phrases
    }

    private var state: [PhraseLine.Phrase] {
        guard let snapshot = model.snapshot else { return [status] }
        let readings = model.readings
        let cpu = Quantity.percent(readings.processorPercent.value ?? 0).right(4)
        let all = Quantity.percent(readings.machinePercent.value ?? 0).right(4)
        let rss = Quantity.bytes(Int(clamping: readings.residentBytes.value ?? 0)).right(4)
        var placement = snapshot.placement
        if let target = model.targets[.placement] {
            let asked = Setting.placement.text(target.value, in: snapshot, glyphs: model.glyphs)
            placement += "\(model.glyphs.becomes)\(asked)"
        }
        var phrases: [PhraseLine.Phrase] = [
            .init(snapshot.engine, .title, rank: 6),
            .init("placement \(placement)", .title, rank: 2),
            .init("cpu \(cpu)", .title, rank: 3),
            .init("machine \(all)", .title, rank: 5),
            .init("rss \(rss)", .title, rank: 4),
            .init("threads \(snapshot.process.threads)", .title, rank: 6),
        ]
        let dropped = snapshot.telemetry.droppedEvents
        if dropped > 0 {
            let text = "\(model.glyphs.warning) \(Quantity.count(dropped)) events dropped"
            phrases.append(.init(text, .title, rank: 1))
        }
        return phrases + [status]
    }

    private var status: PhraseLine.Phrase {
        guard let snapshot = model.snapshot else {
            return .init("\(model.glyphs.parked) no data yet", .title)
        }
        let clock = Quantity.clock(seconds: snapshot.elapsedSeconds)
        let badge = TempoBadge(
            tempo: model.tempo,
            isViewFrozen: model.isViewFrozen,
            glyphs: model.glyphs
        )
        let style: Style = badge.isLive ? .title : .warning
        return .init([Span("\(badge.text)", style), Span(" \(clock)", .title)])
    }
}
