// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// The file of a function; before each line at which machines are suspended, how many, and for how
/// long the first of them has been; where nobody is now, half of the times of late.
struct SourceText {
    private static let barWidth = 4

    let graph: RuntimeSnapshot.StateGraph
    let model: Model
    let width: Int

    private var glyphs: Glyphs { model.glyphs }

    /// Of the states at one line.
    private struct Heat {
        var machines = 0
        var p50: Int?
        /// For how long the machine has been there that has been there longest, of those with a row.
        var oldest: Int?
        var names: [String] = []
    }

    var lines: [[Span]] {
        guard let code = model.sources.lines(of: graph.file) else { return bare }
        let heat = heat
        let most = max(1, heat.values.map(\.machines).max() ?? 1)
        return code.enumerated().map { index, text in
            let number = index + 1
            let numberSpan = Span("\(number)".right(4) + " ", .dim)
            guard let there = heat[number] else {
                let gutter = String(repeating: " ", count: Self.gutterWidth)
                return [Span(gutter), numberSpan, Span(text.cut(to: room, glyphs: glyphs))]
            }
            let style: Style = there.machines > 0 ? .waiting : .dim
            let full = min(Self.barWidth, (there.machines * Self.barWidth + most - 1) / most)
            let bar = String(repeating: glyphs.shares[0], count: full).left(Self.barWidth)
            let time = time(there)
            return [
                Span(Quantity.count(there.machines).right(Quantity.countWidth), style),
                Span(" \(bar)", style), Span(time.right(Quantity.durationWidth + 1) + " ", style),
                numberSpan, Span(text.cut(to: room, glyphs: glyphs), .strong),
            ]
        }
    }

    /// The present age where somebody is there, else half of the times of late.
    private func time(_ heat: Heat) -> String {
        (heat.oldest ?? heat.p50).map { Quantity.duration(microseconds: $0, glyphs: glyphs) } ?? "-"
    }

    private static var gutterWidth: Int {
        Quantity.countWidth + barWidth + Quantity.durationWidth + 3
    }
    private var room: Int { max(0, width - Self.gutterWidth - 5) }

    /// Without the source: the lines by their numbers.
    private var bare: [[Span]] {
        let file = graph.file.split(separator: "/").last.map(String.init) ?? "its file"
        var lines = [[Span("The source \(file) did not come with this program.", .dim)], []]
        for (number, there) in heat.sorted(by: { $0.key < $1.key }) {
            let states = there.names.joined(separator: " ")
            let time = time(there)
            lines.append([
                Span(Quantity.count(there.machines).right(Quantity.countWidth), .waiting),
                Span(" \(time.right(Quantity.durationWidth)) "),
                Span("line \(number)", .strong), Span("  \(states)", .dim),
            ])
        }
        return lines
    }

    private var heat: [Int: Heat] {
        var heat: [Int: Heat] = [:]
        // Of all functions of the file: code that surrounds the chosen one lives, too.
        for other in model.graphs where other.file == graph.file {
            for state in other.states where state.line > 0 {
                var there = heat[state.line] ?? Heat()
                there.machines += state.machines
                there.names.append(state.name)
                if let p50 = state.p50Microseconds { there.p50 = max(p50, there.p50 ?? 0) }
                heat[state.line] = there
            }
        }
        addAges(to: &heat)
        return heat
    }

    private func addAges(to heat: inout [Int: Heat]) {
        guard let detail = model.snapshot?.detail else { return }
        for row in detail.machines where row.state != "running" && row.state != "queued" {
            guard let chain = row.context.chain, detail.states.chains.indices.contains(chain) else {
                continue
            }
            for frame in detail.states.chains[chain].frames where frame.file == graph.file {
                guard heat[frame.line] != nil else { continue }
                let oldest = heat[frame.line]?.oldest ?? 0
                heat[frame.line]?.oldest = max(oldest, row.sinceMicroseconds)
            }
        }
    }

    /// The first line in sight: the function's own, or of one that stands in no source line itself (the
    /// child of an `async let`) its first state's; a little above, moved by what was scrolled.
    static func firstLine(
        of graph: RuntimeSnapshot.StateGraph,
        view: MachineView,
        count: Int,
        room: Int
    ) -> Int {
        let last = max(0, count - room)
        let first = graph.states.map(\.line).filter { $0 > 0 }.min() ?? 0
        let own = graph.line > 0 ? graph.line : first
        let start = view.kind == .source ? max(0, own - 3) : 0
        return min(max(0, min(start, last) + view.scrolled), last)
    }
}
