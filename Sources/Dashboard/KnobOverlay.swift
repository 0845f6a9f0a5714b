// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// The knob panel: every setting there is, what it is now, and what it can be.
///
/// The settings scroll where they do not all fit; what the chosen one does always stands below, and
/// the picture above stays in sight, since it shows what a change does.
struct KnobOverlay {
    private static let widest = 72
    /// Screens with fewer rows need them all for the settings.
    private static let rowsForPicture = 20

    let model: Model
    let chosen: Setting

    /// Room for the settings and what is said of the chosen one.
    var box: OverlayBox {
        let free = model.size.rows - 3 - (model.size.rows >= Self.rowsForPicture ? 3 : 0)
        let lineCount = min(Setting.allCases.count + 1 + notes.count, max(2, free))
        return OverlayBox(size: model.size, widest: Self.widest, lineCount: lineCount, top: 0)
    }

    /// The setting on a row of the screen.
    func setting(row: Int) -> Setting? {
        let box = box
        guard let line = box.line(row: row), line < shown(in: box).count else { return nil }
        return shown(in: box)[line]
    }

    func draw(on frame: inout Frame) {
        let box = box
        let settings = shown(in: box)
        let all = Setting.allCases
        let blank = box.height - settings.count - notes.count
        let lines =
            settings.map(line) + Array(repeating: [], count: max(0, blank))
            + notes.map { note in
                [Span(note.cut(to: box.text.columns, glyphs: model.glyphs))]
            }
        let isWhole = settings.count == all.count
        let first = settings.first.flatMap(all.firstIndex) ?? 0
        let place = "\(first + 1)-\(first + settings.count) of \(all.count)"
        let head = isWhole ? "Knobs" : "Knobs \(model.glyphs.separator) \(place)"
        box.draw(head, lines, on: &frame, glyphs: model.glyphs)
        guard let index = settings.firstIndex(of: chosen) else { return }
        let row = box.text.row + index
        let marked = Rect(column: box.text.column, row: row, columns: box.text.columns, rows: 1)
        frame.restyle(marked, .selected)
    }

    /// The settings that are in sight, the chosen one among them.
    private func shown(in box: OverlayBox) -> [Setting] {
        let all = Setting.allCases
        let room = max(1, min(all.count, box.height - notes.count))
        let index = all.firstIndex(of: chosen) ?? 0
        let top = max(0, index - room + 1)
        return Array(all[top..<min(all.count, top + room)])
    }

    /// Where there is no room for a column of limits, those of the chosen one stand below.
    private var isNarrow: Bool { model.size.columns < 60 }

    /// What is said of the chosen setting.
    private var notes: [String] {
        isNarrow ? [limits(of: chosen), chosen.explanation] : [chosen.explanation]
    }

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
        // Two kinds of threads have a minimum and a maximum; without the owner they are told apart so.
        let isShared = ["minimum", "maximum"].contains(setting.name)
        let word = isNarrow && isShared ? "\(setting.owner) \(setting.name)" : setting.name
        let name = Span("\(mark) \(owner)\(word.left(15)) ")
        guard let snapshot = model.snapshot, let present = setting.value(in: snapshot) else {
            return [name, Span("-".right(14), .dim), Span("  not in this scenario", .dim)]
        }
        func text(_ value: Int) -> String {
            setting.text(value, in: snapshot, glyphs: model.glyphs)
        }
        let room = box.text.columns - name.text.width - 16
        let limits = isNarrow ? "" : limits(of: setting).cut(to: room, glyphs: model.glyphs)
        guard let target = model.targets[setting] else {
            return [name, Span(text(present).right(14), .strong), Span("  \(limits)", .dim)]
        }
        let asked = "\(text(present)) \(model.glyphs.becomes) \(text(target.value))"
        let note = isNarrow ? "" : "  asked for"
        return [name, Span(asked.right(14) + note, .warning)]
    }
}
