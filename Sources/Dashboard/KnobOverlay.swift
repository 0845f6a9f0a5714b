// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// The knob panel: every setting there is, what it is now, and what it can be.
struct KnobOverlay {
    private static let widest = 72

    let model: Model
    let chosen: Setting

    /// Room for the settings and the sentence about the chosen one.
    var box: OverlayBox {
        let index = Setting.allCases.firstIndex(of: chosen) ?? 0
        let lineCount = Setting.allCases.count + 2
        let height = max(1, min(lineCount, model.size.rows - 3))
        return OverlayBox(
            size: model.size,
            widest: Self.widest,
            lineCount: lineCount,
            top: index < height - 2 ? 0 : index - height + 3
        )
    }

    /// The setting on a row of the screen.
    func setting(row: Int) -> Setting? {
        box.line(row: row).flatMap { line in
            Setting.allCases.indices.contains(line) ? Setting.allCases[line] : nil
        }
    }

    func draw(on frame: inout Frame) {
        let box = box
        let text = isNarrow ? limits(of: chosen) : chosen.explanation
        let sentence = Span(text.cut(to: box.text.columns, glyphs: model.glyphs))
        let lines = Setting.allCases.map(line) + [[], [sentence]]
        box.draw("Knobs", lines, on: &frame, glyphs: model.glyphs)
        let index = Setting.allCases.firstIndex(of: chosen) ?? 0
        guard index >= box.top, index - box.top < box.height else { return }
        let row = box.text.row + index - box.top
        let marked = Rect(column: box.text.column, row: row, columns: box.text.columns, rows: 1)
        frame.restyle(marked, .selected)
    }

    /// Where there is no room for a column of limits, those of the chosen one stand below.
    private var isNarrow: Bool { model.size.columns < 60 }

    private func limits(of setting: Setting) -> String {
        guard let snapshot = model.snapshot else { return "" }
        func text(_ value: Int) -> String {
            setting.text(value, in: snapshot, glyphs: model.glyphs)
        }
        let range = setting.range(in: snapshot)
        if setting.isSwitch { return "on, off" }
        if setting == .variant {
            return (snapshot.detail?.scenario.variants ?? []).joined(separator: ", ")
        }
        guard setting == .placement else {
            return "\(text(range.lowerBound)) .. \(text(range.upperBound))"
        }
        return (snapshot.detail?.limits.placements ?? []).joined(separator: ", ")
    }

    private func line(_ setting: Setting) -> [Span] {
        let mark = setting == chosen ? model.glyphs.arrow : " "
        let owner = isNarrow ? "" : setting.owner.left(8) + " "
        let name = Span("\(mark) \(owner)\(setting.name.left(15)) ")
        guard let snapshot = model.snapshot, let present = setting.value(in: snapshot) else {
            return [name, Span("-".right(14), .dim), Span("  not in this scenario", .dim)]
        }
        func text(_ value: Int) -> String {
            setting.text(value, in: snapshot, glyphs: model.glyphs)
        }
        let limits = isNarrow ? "" : limits(of: setting)
        guard let target = model.targets[setting] else {
            return [name, Span(text(present).right(14), .strong), Span("  \(limits)", .dim)]
        }
        let asked = "\(text(present)) \(model.glyphs.becomes) \(text(target.value))"
        return [name, Span(asked.right(14), .warning), Span("  asked for", .warning)]
    }
}
