// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// The filter while it is typed, in the place of the key bar, and what it finds.
struct SearchLine {
    let model: Model
    let search: Model.Search

    func draw(on frame: inout Frame, row: Int) {
        let bar = Rect(column: 0, row: row, columns: frame.size.columns, rows: 1)
        let findings = findings
        let start = max(2, bar.endColumn - 1 - findings.text.width)
        // Of a long text the end is shown: that is where letters come.
        let room = max(4, start - 5)
        let text = String(search.text.suffix(room))
        let end = frame.draw(
            [Span("/", .key), Span(text, .strong), Span(" ", .selected)],
            column: 1,
            row: row,
            in: bar
        )
        let column = max(start, end + 1)
        frame.draw(findings.text, findings.style, column: column, row: row, in: bar)
    }

    /// What is wrong with the text, or how many machines are as it says.
    private var findings: Span {
        if let fault = search.fault { return Span("\(model.glyphs.warning) \(fault)", .warning) }
        guard !search.filter.terms.isEmpty else {
            return Span("state:read fn:fetch age>50ms -thread:worker-1", .dim)
        }
        guard let result = model.snapshot?.detail?.search else {
            return Span("\(model.rows.machines.count) found", .dim)
        }
        return Span(Self.sentence(result, of: model.snapshot?.machines.inFlight ?? 0), .dim)
    }

    /// `12 of 400 machines`, and how many were looked at where that was not all.
    static func sentence(_ result: RuntimeSnapshot.MachineSearchResult, of all: Int) -> String {
        let matched = "\(Quantity.count(result.matched)) of \(Quantity.count(result.looked))"
        // Machines come and go while the sampler walks.
        return result.looked * 10 < all * 9
            ? "\(matched) looked at, \(Quantity.count(all)) in flight" : "\(matched) machines"
    }
}
