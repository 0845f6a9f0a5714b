// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// A scenario as the menu knows it: what it is called, and what there is to see in it.
package struct ScenarioEntry: Equatable, Sendable {
    /// One of the ways in which it can run.
    package struct Variant: Equatable, Sendable {
        package var name: String
        package var sentence: String

        package init(name: String, sentence: String) {
            self.name = name
            self.sentence = sentence
        }
    }

    /// A key that is worth trying.
    package struct Hint: Equatable, Sendable {
        package var key: String
        package var effect: String

        package init(key: String, effect: String) {
            self.key = key
            self.effect = effect
        }
    }

    package var name: String
    /// What a talk would show together.
    package var group: String
    package var summary: String
    package var whatToLookFor: String
    package var hints: [Hint] = []
    package var variants: [Variant] = []

    package init(name: String, group: String, summary: String, whatToLookFor: String) {
        self.name = name
        self.group = group
        self.summary = summary
        self.whatToLookFor = whatToLookFor
    }

    /// The scenario that runs, as far as a snapshot tells of it.
    init(_ snapshot: RuntimeSnapshot) {
        let text = snapshot.detail?.scenario ?? RuntimeSnapshot.ScenarioText()
        self.init(
            name: snapshot.scenario,
            group: "",
            summary: text.summary,
            whatToLookFor: text.whatToLookFor
        )
        hints = text.keys.filter { $0.count == 2 }.map { Hint(key: $0[0], effect: $0[1]) }
        variants = text.variants.enumerated().map { index, name in
            Variant(name: name, sentence: index == text.variant ? text.variantSentence : "")
        }
    }

    /// All that there is to read, in lines of a width; `variant` is the one that runs.
    func lines(width: Int, variant: Int?, glyphs: Glyphs) -> [[Span]] {
        var lines: [[Span]] = Paragraph.wrap(summary, width: width).map { [Span($0, .strong)] }
        lines.append([])
        lines += Paragraph.wrap(whatToLookFor, width: width).map { [Span($0)] }
        if variants.count > 1 {
            lines += [[], [Span("variants", .heading), Span("  (v, while it runs)", .dim)]]
            for (index, each) in variants.enumerated() {
                let isCurrent = index == variant
                let head = Span(
                    "\(isCurrent ? glyphs.arrow : " ")\(each.name)",
                    isCurrent ? .key : .strong
                )
                lines += Self.item(head, each.sentence, width: width)
            }
        }
        guard !hints.isEmpty else { return lines }
        lines += [[], [Span("keys to try", .heading)]]
        for hint in hints {
            lines += Self.item(Span(" \(hint.key)", .key), hint.effect, width: width)
        }
        return lines
    }

    /// A word, and a sentence about it that keeps clear of it where there is room.
    private static func item(_ head: Span, _ sentence: String, width: Int) -> [[Span]] {
        let indent = width >= 40 ? 15 : 11
        let parts = Paragraph.wrap(sentence, width: max(8, width - indent))
        guard let first = parts.first else { return [[head]] }
        let blank = String(repeating: " ", count: indent)
        let rest = parts.dropFirst().map { [Span(blank + $0)] }
        if head.text.width < indent {
            let gap = String(repeating: " ", count: indent - head.text.width)
            return [[head, Span(gap + first)]] + rest
        }
        return [[head], [Span(blank + first)]] + rest
    }
}
