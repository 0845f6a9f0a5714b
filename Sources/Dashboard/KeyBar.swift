// SPDX-License-Identifier: Apache-2.0

/// The last line: the keys that do something right now.
struct KeyBar {
    let model: Model

    func draw(on frame: inout Frame, row: Int) {
        let bar = Rect(column: 0, row: row, columns: frame.size.columns, rows: 1)
        let line = PhraseLine(separator: Span("  "), phrases: phrases)
        frame.draw(line.fitted(to: bar.columns - 2), column: 1, row: row, in: bar)
    }

    private var phrases: [PhraseLine.Phrase] {
        guard !model.isHelpOpen else {
            return [
                phrase("Esc", "close", rank: 0), phrase("Tab", "next pane", rank: 1),
                phrase("q", "quit", rank: 0),
            ]
        }
        var phrases = [phrase("Tab", "pane", rank: 2), phrase("1-4", "choose pane", rank: 4)]
        if model.value(of: model.focus.setting) != nil {
            phrases.append(phrase("+/-", model.focus.setting.name, rank: 1))
        }
        if model.rowCount(of: model.focus) > 1 {
            phrases.append(phrase(model.glyphs.upDown, "select", rank: 3))
        }
        return phrases + [phrase("?", "help", rank: 0), phrase("q", "quit", rank: 0)]
    }

    private func phrase(_ key: String, _ action: String, rank: Int) -> PhraseLine.Phrase {
        .init([Span(key, .key), Span(" \(action)")], rank: rank)
    }
}
