// SPDX-License-Identifier: Apache-2.0

/// A line of phrases of which the least important ones go when the room gets narrow.
struct PhraseLine {
    /// Spans that are shown together or not at all.
    struct Phrase: Equatable {
        var spans: [Span]
        /// 0 stays to the last; higher ranks go first.
        var rank: Int

        init(_ text: String, _ style: Style = .plain, rank: Int = 0) {
            self.init([Span(text, style)], rank: rank)
        }

        init(_ spans: [Span], rank: Int = 0) {
            self.spans = spans
            self.rank = rank
        }
    }

    let separator: Span
    var phrases: [Phrase] = []

    /// Width with all phrases.
    var width: Int { Self.width(of: spans) }

    /// All phrases with the separator between them.
    var spans: [Span] { Array(phrases.map(\.spans).joined(separator: [separator])) }

    /// The line with as many phrases as fit; of equal ranks the rightmost goes first.
    func fitted(to width: Int) -> [Span] { narrowed(to: width).spans }

    /// The phrases that ``fitted(to:)`` keeps.
    func fittedPhrases(to width: Int) -> [Phrase] { narrowed(to: width).phrases }

    private func narrowed(to width: Int) -> PhraseLine {
        var line = self
        while line.width > width, line.phrases.count > 1 {
            let highest = line.phrases.map(\.rank).max() ?? 0
            guard let index = line.phrases.lastIndex(where: { $0.rank == highest }) else { break }
            line.phrases.remove(at: index)
        }
        return line
    }

    static func width(of spans: [Span]) -> Int {
        spans.reduce(0) { $0 + $1.text.width }
    }
}
