// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// The one sentence that the audience should read now.
struct CaptionLine {
    let model: Model

    func draw(on frame: inout Frame, row: Int) {
        let bar = Rect(column: 0, row: row, columns: frame.size.columns, rows: 1)
        let sentence = sentence
        let text = sentence.text.cut(to: bar.columns - 2, glyphs: model.glyphs)
        frame.draw(text, sentence.style, column: 1, row: row, in: bar)
    }

    /// Draws it in as many lines as it may take.
    func draw(on frame: inout Frame, in area: Rect) {
        let sentence = sentence
        let width = max(1, area.columns - 2)
        let lines = Paragraph.wrap(sentence.text, width: width)
        let rest = lines.dropFirst(area.rows - 1).joined(separator: " ")
        let shown = lines.prefix(max(0, area.rows - 1)) + (rest.isEmpty ? [] : [rest])
        for (index, line) in shown.enumerated() {
            let text = line.cut(to: width, glyphs: model.glyphs)
            frame.draw(text, sentence.style, column: 1, row: area.row + index, in: area)
        }
    }

    /// What the last key did, else what the last held hop did, else what is wrong, else what the scenario wants to be seen.
    private var sentence: Span {
        if let notice = model.notice {
            return Span(notice.text, .strong)
        }
        if let last = model.tempo.last {
            return Span("\(last.sentence).", .strong)
        }
        guard let snapshot = model.snapshot else {
            return Span("Waiting for the first numbers of the runtime.", .dim)
        }
        let books = snapshot.operations
        guard books.balances else {
            let text =
                "\(model.glyphs.bad) The books do not balance: \(books.submitted) submitted, but "
                + "\(books.inFlight) in flight + \(books.completed) completed + "
                + "\(books.failed) failed + \(books.cancelled) cancelled + "
                + "\(books.timedOut) timed out."
            return Span(text, .bad)
        }
        if let diagnosis = snapshot.diagnoses.first {
            return Span("\(model.glyphs.warning) \(diagnosis)", .warning)
        }
        return Span(model.looks.showsCaptions ? model.readings.caption : "", .plain)
    }
}
