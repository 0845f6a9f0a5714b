// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// The picture in one line: how much is at each station now, and whether the books balance.
struct PipelineLine {
    let model: Model

    func draw(on frame: inout Frame, row: Int) {
        guard let snapshot = model.snapshot else { return }
        let bar = Rect(column: 0, row: row, columns: frame.size.columns, rows: 1)
        let law = law(of: snapshot.operations)
        let room = bar.columns - law.text.count - 3
        let arrow = model.glyphs.arrow
        var line = PhraseLine(separator: Span(" \(arrow) ", .flow), phrases: stations(snapshot))
        if line.width > room {
            line = PhraseLine(separator: Span(arrow, .flow), phrases: line.phrases)
        }
        frame.draw(line.fitted(to: room), column: 1, row: row, in: bar)
        frame.draw([law], column: bar.endColumn - 1 - law.text.count, row: row, in: bar)
    }

    /// The law of the books as a glyph and a word.
    private func law(of operations: RuntimeSnapshot.Operations) -> Span {
        operations.balances
            ? Span("\(model.glyphs.good) books", .good)
            : Span("\(model.glyphs.bad) books", .bad)
    }

    private func stations(_ snapshot: RuntimeSnapshot) -> [PhraseLine.Phrase] {
        let rates = snapshot.detail?.rates
        let pollers = snapshot.pollers
        let workers = snapshot.workers
        var stations = [rate("submit", rates?.submittedPerSecond, rank: 4)]
        stations.append(count("armed", snapshot.port.armed, rank: 0))
        if snapshot.port.inKernel > 0 || snapshot.engine != "epoll" {
            stations.append(count("kernel", snapshot.port.inKernel, rank: 1))
        }
        stations.append(count("timers", snapshot.port.timers, rank: 6))
        stations += [
            count("port", snapshot.port.queued, rank: 1),
            share("pollers", pollers.running, of: pollers.count, rank: 2),
            count("queued", snapshot.queues.depth, rank: 3),
            share("workers", workers.processing, of: workers.existing, rank: 0),
            rate("resumed", rates?.resumedPerSecond, rank: 7),
        ]
        return stations
    }

    private func count(_ name: String, _ value: Int, rank: Int) -> PhraseLine.Phrase {
        let number = Quantity.count(value).right(Quantity.countWidth)
        return .init([Span("\(name) "), Span(number, .strong)], rank: rank)
    }

    private func rate(_ name: String, _ value: Double?, rank: Int) -> PhraseLine.Phrase {
        let number = (value.map(Quantity.rate) ?? "-").right(Quantity.countWidth)
        return .init([Span("\(name) "), Span("\(number)/s", .strong)], rank: rank)
    }

    /// `1/2`, where the first number is as wide as the second.
    private func share(_ name: String, _ part: Int, of all: Int, rank: Int) -> PhraseLine.Phrase {
        let all = Quantity.count(all)
        let part = Quantity.count(part).right(all.count)
        return .init([Span("\(name) "), Span("\(part)/\(all)", .strong)], rank: rank)
    }
}
