// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// Changes the model by one message and returns what has to be done outside, in order.
package func update(_ model: inout Model, _ message: Message) -> [Effect] {
    switch message {
    case .resize(let size):
        model.size = size
        return []
    case .snapshot(let snapshot):
        model.accept(snapshot)
        return []
    case .key(let key):
        return model.press(key)
    case .mouse, .cost, .standardError:
        return []
    }
}

extension Model {
    fileprivate mutating func press(_ key: Key) -> [Effect] {
        switch key {
        case .character("q"), .function(10), .control("c"): return [.quit]
        case .control("z"): return [.suspend]
        case .control("l"): return [.repaint]
        case .character("?"), .character("h"), .function(1): isHelpOpen.toggle()
        case .escape: isHelpOpen = false
        case .tab: focus = focus.next
        case .backTab: focus = focus.previous
        case .character("1"): focus = .port
        case .character("2"): focus = .pollers
        case .character("3"): focus = .workers
        case .character("4"): focus = .machines
        case .character("+"), .character("="): return change(focus.setting, up: true)
        case .character("-"): return change(focus.setting, up: false)
        default: move(key)
        }
        return []
    }

    /// Moves the chosen row of the focused pane.
    private mutating func move(_ key: Key) {
        let count = rowCount(of: focus)
        guard count > 0, let row = selection(in: focus) else { return }
        let page = max(1, ContentRows.visible(in: focus, of: self) - 1)
        let target: Int
        switch key {
        case .up, .character("k"): target = row - 1
        case .down, .character("j"): target = row + 1
        case .pageUp: target = row - page
        case .pageDown: target = row + page
        case .home, .character("g"): target = 0
        case .end, .character("G"): target = count - 1
        default: return
        }
        selections[focus] = min(max(0, target), count - 1)
    }

    /// Asks for the next value of a setting, counted from what was asked for last.
    private mutating func change(_ setting: Setting, up: Bool) -> [Effect] {
        guard let snapshot else { return [] }
        guard let old = value(of: setting) else {
            say("The scenario \(snapshot.scenario) has no \(setting.name) to change.")
            return []
        }
        let range = setting.range(in: snapshot)
        let wanted = setting.neighbour(
            of: min(max(old, range.lowerBound), range.upperBound),
            up: up
        )
        let new = min(max(wanted, range.lowerBound), range.upperBound)
        guard new != old else {
            let word = up ? "most" : "least"
            say("\(setting.subject) \(old) is the \(word) there can be.")
            return []
        }
        targets[setting] = Target(value: new, expiresAt: now + Self.patienceSeconds)
        say("\(setting.subject) \(old) \(glyphs.becomes) \(new)")
        return [.command(setting.command(new))]
    }

    private mutating func say(_ text: String) {
        notice = Notice(text: text, expiresAt: now + Self.patienceSeconds)
    }
}
