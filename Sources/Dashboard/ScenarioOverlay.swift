// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// What there is to see in the scenario that runs, and the keys worth trying.
struct ScenarioOverlay {
    private static let widest = 76

    let model: Model
    /// The first line in sight.
    let top: Int

    var lineCount: Int { lines.count }
    var height: Int { placed.height }
    /// Where the box is.
    var placed: OverlayBox { box(lineCount) }

    func draw(on frame: inout Frame) {
        let lines = lines
        let name = model.snapshot?.scenario ?? ""
        box(lines.count).draw("Scenario: \(name)", lines, on: &frame, glyphs: model.glyphs)
    }

    private func box(_ lineCount: Int) -> OverlayBox {
        OverlayBox(size: model.size, widest: Self.widest, lineCount: lineCount, top: top)
    }

    private var lines: [[Span]] {
        guard let text = model.snapshot?.detail?.scenario else { return [] }
        let width = max(8, OverlayBox.columns(of: model.size, widest: Self.widest) - 4)
        var lines: [[Span]] = Paragraph.wrap(text.summary, width: width).map { [Span($0, .strong)] }
        lines.append([])
        lines += Paragraph.wrap(text.whatToLookFor, width: width).map { [Span($0)] }
        if text.variants.count > 1 {
            lines.append([])
            var names: [Span] = [Span("variants (v)  ", .heading)]
            for (index, name) in text.variants.enumerated() {
                if index > 0 { names.append(Span("  ")) }
                let isCurrent = index == text.variant
                names.append(
                    Span(isCurrent ? "\(model.glyphs.arrow)\(name)" : name, isCurrent ? .key : .dim)
                )
            }
            lines.append(names)
            lines += Paragraph.wrap(text.variantSentence, width: width).map { [Span($0)] }
        }
        let hints = text.keys.filter { $0.count == 2 }
        if !hints.isEmpty { lines.append([]) }
        let keyWidth = hints.map { $0[0].width }.max() ?? 0
        for hint in hints {
            let parts = Paragraph.wrap(hint[1], width: max(8, width - keyWidth - 2))
            for (index, part) in parts.enumerated() {
                let head = index == 0 ? hint[0] : ""
                lines.append([Span(head.left(keyWidth), .key), Span("  \(part)")])
            }
        }
        return lines
    }
}
