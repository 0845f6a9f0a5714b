// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// The pool's thread counts as a bar with its numbers: what works, blocks and idles, up to where the
/// goal is.
struct ThreadGauge {
    private static let longestBar = 48
    private static let shortestBar = 4

    let model: Model

    func draw(on frame: inout Frame, row: Int, in rect: Rect) {
        guard let workers = model.snapshot?.workers else { return }
        let numbers = numbers(workers).fitted(to: rect.columns - Self.shortestBar - 2)
        let width = PhraseLine.width(of: numbers)
        let room = min(Self.longestBar, rect.columns - width - 2)
        frame.draw(bar(workers, width: room), column: rect.column, row: row, in: rect)
        // At the end: the bar may grow without moving them.
        let column =
            rect.columns - width > Self.longestBar + 2
            ? rect.column + Self.longestBar + 2 : rect.endColumn - width
        frame.draw(numbers, column: column, row: row, in: rect)
    }

    private func numbers(_ workers: RuntimeSnapshot.Workers) -> PhraseLine {
        func phrase(_ name: String, _ value: Int, rank: Int) -> PhraseLine.Phrase {
            .init([Span("\(name) "), Span("\(value)".right(2), .strong)], rank: rank)
        }
        var line = PhraseLine(separator: Span("  "))
        line.phrases = [
            phrase("goal", workers.goal, rank: 1),
            phrase("existing", workers.existing, rank: 0),
            phrase("processing", workers.processing, rank: 0),
            phrase("min", workers.minimum, rank: 2),
            phrase("max", workers.maximum, rank: 3),
        ]
        return line
    }

    /// A cell a thread, or several where there are many; a line behind as many as the goal says.
    private func bar(_ workers: RuntimeSnapshot.Workers, width: Int) -> [Span] {
        let most = min(max(workers.existing, workers.goal, workers.minimum, 1), 1 << 30)
        let cells = width - 1
        guard cells > 0 else { return [] }
        let unit = (most - 1) / cells + 1
        let ends = [
            workers.processing - workers.blocked, workers.processing, workers.existing,
            max(workers.goal, workers.existing),
        ]
        let glyphs = model.glyphs
        let shares = glyphs.shares.map(String.init) + [glyphs.separator]
        let styles = [Style.running, .blocked, .parked, .dim]
        var spans: [Span] = []
        for cell in 0..<cells {
            if cell > 0, cell == (min(max(0, workers.goal), most) + unit - 1) / unit {
                spans.append(Span(glyphs.limit, .strong))
            }
            guard let part = ends.firstIndex(where: { cell * unit < $0 }) else { continue }
            spans.append(Span(shares[part], styles[part]))
        }
        if (min(max(0, workers.goal), most) + unit - 1) / unit == cells {
            spans.append(Span(glyphs.limit, .strong))
        }
        return spans
    }
}
