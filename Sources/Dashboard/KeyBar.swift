// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// The last line: the keys that do something right now, and what the dashboard costs.
struct KeyBar {
    /// A key as it is drawn, and what a click on it presses.
    private struct Hint {
        var pieces: [(text: String, key: Key)]
        var action: String
        var rank: Int
    }

    /// Columns of the line that press a key.
    struct Button: Equatable {
        var columns: Range<Int>
        var key: Key
    }

    let model: Model

    func draw(on frame: inout Frame, row: Int) {
        let bar = Rect(column: 0, row: row, columns: frame.size.columns, rows: 1)
        let cost = cost
        let room = hintRoom(PhraseLine.width(of: cost))
        frame.draw(line.fitted(to: room), column: 1, row: row, in: bar)
        let start = bar.endColumn - 1 - PhraseLine.width(of: cost)
        frame.draw(cost, column: start, row: row, in: bar)
    }

    /// What can be clicked, from left to right.
    var buttons: [Button] {
        let room = hintRoom(PhraseLine.width(of: cost))
        var buttons: [Button] = []
        var column = 1
        let hints = hints
        for phrase in line.fittedPhrases(to: room) {
            var start = column
            if let hint = hints.first(where: { self.phrase($0).spans == phrase.spans }) {
                for (index, piece) in hint.pieces.enumerated() {
                    let isLast = index == hint.pieces.count - 1
                    let width = piece.text.width + (isLast ? hint.action.width + 1 : 0)
                    buttons.append(Button(columns: start..<start + width, key: piece.key))
                    start += width
                }
            }
            column += PhraseLine.width(of: phrase.spans) + 2
        }
        return buttons
    }

    private func hintRoom(_ costWidth: Int) -> Int {
        model.size.columns - 2 - (costWidth > 0 ? costWidth + 2 : 0)
    }

    private var line: PhraseLine {
        PhraseLine(separator: Span("  "), phrases: hints.map(phrase))
    }

    private func phrase(_ hint: Hint) -> PhraseLine.Phrase {
        let keys = hint.pieces.map { Span($0.text, .key) }
        return .init(keys + [Span(" \(hint.action)")], rank: hint.rank)
    }

    /// What the dashboard and its sampler take, where there is room.
    private var cost: [Span] {
        let readings = model.readings
        guard readings.hasCost, model.size.columns >= 72 else { return [] }
        let percent = Quantity.tenths(readings.ownPercent.value ?? 0)
        var spans = [Span("self \(percent)%".right(10), .dim)]
        guard model.size.columns >= 100 else { return spans }
        let bytes = Quantity.bytesPerSecond(readings.ownBytesPerSecond.value ?? 0)
        spans.append(Span(" \(bytes)".right(10), .dim))
        guard model.size.columns >= 112 else { return spans }
        let events = model.snapshot?.telemetry.droppedEvents ?? 0
        let style: Style = readings.droppedFrames > 0 || events > 0 ? .warning : .dim
        let text =
            " \(model.glyphs.separator) dropped \(Quantity.count(readings.droppedFrames)) frames, "
            + "\(Quantity.count(events)) events"
        return spans + [Span(text, style)]
    }

    private var hints: [Hint] {
        if model.help != nil {
            return [
                hint("Esc", .escape, "close", 0), scrolling, hint("Tab", .tab, "next pane", 1),
                hint("q", .character("q"), "quit", 0),
            ]
        }
        switch model.overlay {
        case .knobs:
            return [
                hint("Esc", .escape, "close", 0), pair(.up, .down, "choose", 1),
                signs("change", 0), hint("q", .character("q"), "quit", 2),
            ]
        case .chart:
            return [
                hint("Esc", .escape, "back", 0), hint("Enter", .enter, "hill climbing", 2),
                signs("minimum", 1),
                Hint(
                    pieces: [("<", .character("<")), (">", .character(">"))],
                    action: "zoom",
                    rank: 3
                ),
                hint("o", .character("o"), "knobs", 4), hint("l", .character("l"), "log", 5),
                hint("?", .character("?"), "help", 6), hint("q", .character("q"), "quit", 0),
            ]
        case .picture:
            return [
                hint("Esc", .escape, "back", 0), hint("s", .character("s"), "step", 1),
                hint("Space", .character(" "), model.tempo.isPaused ? "go on" : "freeze", 1),
                Hint(
                    pieces: [("t", .character("t")), ("/T", .character("T"))],
                    action: "slower, faster",
                    rank: 2
                ),
                hint("f", .character("f"), "follow", 3), hint("w", .character("w"), "scenario", 4),
                hint("l", .character("l"), "log", 5), hint("?", .character("?"), "help", 1),
                hint("q", .character("q"), "quit", 0),
            ]
        case .machineView(let view):
            let isForest = view.kind == .forest
            return [
                hint("Esc", .escape, "back", 0),
                hint("m", .character("m"), view.kind.next?.name ?? "list", 1),
                pair(.up, .down, isForest ? "task" : "function", 1),
                isForest
                    ? hint("Enter", .enter, "fold", 2)
                    : Hint(
                        pieces: [("PgUp", .pageUp), ("/PgDn", .pageDown)],
                        action: "scroll",
                        rank: 3
                    ),
                hint("?", .character("?"), "help", 2), hint("q", .character("q"), "quit", 0),
            ]
        case .scenarios(let place):
            let menu = ScenarioMenu(model: model, place: place)
            let text = menu.showsBoth ? "read on" : place.isReading ? "list" : "text"
            return [
                hint("Esc", .escape, "back", 0), pair(.up, .down, "choose", 1),
                hint("Enter", .enter, "start", 0),
                menu.showsBoth
                    ? hint("PgDn", .pageDown, text, 2) : hint("Tab", .tab, text, 0),
                hint("n", .character("n"), "next", 3), hint("q", .character("q"), "quit", 4),
            ]
        case .cancel:
            return [
                hint("y", .character("y"), "cancel it", 0),
                hint("Esc", .escape, "leave it alone", 0),
                hint("q", .character("q"), "quit", 1),
            ]
        case .detail, .events, .climber:
            let cancel = model.cancellable.map { _ in hint("x", .character("x"), "cancel", 2) }
            return [hint("Esc", .escape, "back", 0), scrolling]
                + (cancel.map { [$0] } ?? []) + [
                    hint("?", .character("?"), "help", 1), hint("q", .character("q"), "quit", 0),
                ]
        case .twin, nil: return paneHints
        }
    }

    private var paneHints: [Hint] {
        var hints = [hint("Tab", .tab, "pane", 1)]
        if model.value(of: model.focus.setting) != nil {
            hints.append(signs(model.focus.setting.name, 1))
        }
        if (model.snapshot?.detail?.limits.placements.count ?? 0) > 1 {
            hints.append(hint("r", .character("r"), "placement", 5))
        }
        if model.snapshot?.twin != nil {
            hints.append(hint("v", .character("v"), "comparison", 1))
        }
        if (model.snapshot?.detail?.scenario.variants.count ?? 0) > 1 {
            hints.append(hint("v", .character("v"), "variant", 3))
        }
        if model.snapshot != nil {
            hints.append(hint("p", .character("p"), "picture", 2))
        }
        hints.append(hint("o", .character("o"), "knobs", 2))
        hints.append(hint("c", .character("c"), "chart", 3))
        if model.focus == .machines {
            hints.append(hint("m", .character("m"), "states", 2))
        }
        let list = model.cursorList(of: model.focus)
        if model.rows.count(list) > 0 {
            hints.append(hint("Enter", .enter, "open", 4))
            if model.cancellable != nil {
                hints.append(hint("x", .character("x"), "cancel", 6))
            }
            if model.rows.count(list) > 1 {
                hints.append(pair(.up, .down, "select", 6))
                hints.append(
                    Hint(
                        pieces: [("<", .character("<")), (">", .character(">"))],
                        action: "sort",
                        rank: 7
                    )
                )
            }
        }
        if model.snapshot?.detail != nil {
            hints.append(hint("w", .character("w"), "scenario", 4))
        }
        if model.snapshot?.detail != nil {
            hints.append(hint("Space", .character(" "), "freeze", 6))
        }
        if model.focus == .machines {
            let isFiltered = model.search != nil
            hints.append(hint("/", .character("/"), "filter", isFiltered ? 1 : 5))
            if isFiltered { hints.append(hint("Esc", .escape, "all machines", 1)) }
        }
        hints.append(hint("l", .character("l"), "log", 8))
        if !model.looks.isBig {
            let isZoomed = model.isZoomed
            let action = isZoomed ? "all panes" : "zoom"
            hints.append(hint("z", .character("z"), action, isZoomed ? 1 : 9))
        }
        if !model.tweaks.isEmpty { hints.append(hint("u", .character("u"), "undo", 7)) }
        let big = model.looks.isBig
        hints.append(hint("b", .character("b"), big ? "panes" : "big", big ? 1 : 10))
        hints.append(hint("a", .character("a"), "theme", 11))
        return hints + [
            hint("?", .character("?"), "help", 0), hint("q", .character("q"), "quit", 0),
        ]
    }

    private var scrolling: Hint { pair(.up, .down, "scroll", 1) }

    private func hint(_ text: String, _ key: Key, _ action: String, _ rank: Int) -> Hint {
        Hint(pieces: [(text, key)], action: action, rank: rank)
    }

    private func signs(_ action: String, _ rank: Int) -> Hint {
        let pieces: [(String, Key)] = [("+", .character("+")), ("/-", .character("-"))]
        return Hint(pieces: pieces, action: action, rank: rank)
    }

    private func pair(_ first: Key, _ second: Key, _ action: String, _ rank: Int) -> Hint {
        let half = model.glyphs.isUnicode ? ("↑", "↓") : ("Up", "/Down")
        return Hint(pieces: [(half.0, first), (half.1, second)], action: action, rank: rank)
    }
}
