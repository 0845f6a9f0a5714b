// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// The menu of scenarios, and the change from one to another.
extension Model {
    /// A scenario that has been asked for and has not begun.
    struct Awaited: Equatable, Sendable {
        var name: String
        /// The run that is to end.
        var run: Int
        /// What the user had changed, as it was when the other scenario was asked for.
        var tweaked: [Tweaked]
    }

    struct Tweaked: Equatable, Sendable {
        var setting: Setting
        var value: Int
    }

    /// Entries of the menu; where nobody has told what there is, the one that runs.
    var scenarioEntries: [ScenarioEntry] {
        scenarios.isEmpty ? snapshot.map { [ScenarioEntry($0)] } ?? [] : scenarios
    }

    mutating func openScenarios() {
        let index = scenarioEntries.firstIndex { $0.name == snapshot?.scenario }
        overlay = .scenarios(ScenarioMenu.Place(chosen: index ?? 0))
    }

    mutating func pressInScenarios(_ key: Key, _ place: ScenarioMenu.Place) -> [Effect] {
        let menu = ScenarioMenu(model: self, place: place)
        let isReading = place.isReading && !menu.showsBoth
        var place = place
        switch key {
        case .character("w"), .backspace:
            overlay = nil
            return []
        case .escape:
            place.isReading = false
            overlay = isReading ? .scenarios(place) : nil
            return []
        case .enter: return startChosen(place)
        case .tab, .backTab: place.isReading.toggle()
        case .right: place.isReading = true
        case .left: place.isReading = false
        case .up, .down, .character("j"), .character("k"), .home, .end, .character("g"),
            .character("G"):
            if isReading {
                place.textTop = scrolled(place, key, menu)
            } else {
                place.chosen = chosen(place, key)
                place.textTop = 0
            }
        case .pageUp, .pageDown, .character(" "):
            if isReading || menu.showsBoth {
                place.textTop = scrolled(place, key, menu)
            } else {
                place.chosen = chosen(place, key)
                place.textTop = 0
            }
        default: return []
        }
        overlay = .scenarios(place)
        return []
    }

    /// What a click or the wheel means in the menu.
    mutating func handleInScenarios(_ event: MouseEvent, _ place: ScenarioMenu.Place) -> [Effect] {
        let menu = ScenarioMenu(model: self, place: place)
        var place = place
        switch event.kind {
        case .press, .doublePress:
            guard let entry = menu.entry(column: event.column, row: event.row) else { return [] }
            // The second press of two, and a press on what is chosen already, start it.
            if entry == place.chosen { return startChosen(place) }
            place.chosen = entry
            place.textTop = 0
        case .wheelUp, .wheelDown:
            let isUp = event.kind == .wheelUp
            if menu.isText(column: event.column) {
                let last = max(0, menu.textLineCount - menu.height)
                place.textTop = min(max(0, place.textTop + (isUp ? -3 : 3)), last)
            } else {
                place.chosen = chosen(place, isUp ? .up : .down)
                place.textTop = 0
            }
        }
        overlay = .scenarios(place)
        return []
    }

    private func chosen(_ place: ScenarioMenu.Place, _ key: Key) -> Int {
        let last = max(0, scenarioEntries.count - 1)
        let page = max(1, ScenarioMenu(model: self, place: place).height - 1)
        let target =
            switch key {
            case .up, .character("k"): place.chosen - 1
            case .down, .character("j"): place.chosen + 1
            case .pageUp: place.chosen - page
            case .pageDown, .character(" "): place.chosen + page
            case .home, .character("g"): 0
            default: last
            }
        return min(max(0, target), last)
    }

    private func scrolled(_ place: ScenarioMenu.Place, _ key: Key, _ menu: ScenarioMenu) -> Int {
        Self.scroll(place.textTop, key, lines: menu.textLineCount, height: menu.height)
    }

    private mutating func startChosen(_ place: ScenarioMenu.Place) -> [Effect] {
        guard scenarioEntries.indices.contains(place.chosen) else { return [] }
        overlay = nil
        guard !scenarios.isEmpty else {
            say("There is no other scenario here.")
            return []
        }
        return start(scenarioEntries[place.chosen].name)
    }

    /// Goes on to the next scenario in the order of a talk, or back to the one before.
    mutating func startNeighbour(by step: Int) -> [Effect] {
        let names = scenarioEntries.map(\.name)
        let present = awaited?.name ?? snapshot?.scenario ?? ""
        guard names.count > 1, let index = names.firstIndex(of: present) else {
            say("There is no other scenario here.")
            return []
        }
        return start(names[(index + step + names.count) % names.count])
    }

    private mutating func start(_ name: String) -> [Effect] {
        guard let snapshot else { return [] }
        // Whoever asks for another scenario wants to see it.
        isViewFrozen = false
        var tweaked: [Tweaked] = []
        for tweak in tweaks where !tweaked.contains(where: { $0.setting == tweak.setting }) {
            if let value = value(of: tweak.setting) {
                tweaked.append(Tweaked(setting: tweak.setting, value: value))
            }
        }
        awaited = Awaited(
            name: name,
            run: snapshot.detail?.scenario.run ?? 0,
            tweaked: tweaked
        )
        say(
            name == snapshot.scenario
                ? "\(name) starts anew as soon as all of it has ended."
                : "\(name) starts as soon as \(snapshot.scenario) has ended."
        )
        return [.command(.startScenario(name))]
    }

    /// Says what has become of changed settings, once another scenario has begun.
    mutating func noteScenario(_ new: RuntimeSnapshot) {
        guard let awaited, let run = new.detail?.scenario.run, run != awaited.run else { return }
        self.awaited = nil
        tweaks = []
        targets = [:]
        let changes = awaited.tweaked.compactMap { tweaked -> String? in
            let setting = tweaked.setting
            guard let value = setting.value(in: new), value != tweaked.value else { return nil }
            let old = setting.text(tweaked.value, in: snapshot, glyphs: glyphs)
            let new = setting.text(value, in: new, glyphs: glyphs)
            return "\(setting.subject) \(old) \(glyphs.becomes) \(new)"
        }
        let sentence =
            changes.isEmpty
            ? "\(new.scenario) runs, with its own settings."
            : "\(new.scenario) runs, with its own settings: \(changes.joined(separator: ", "))."
        readings.record(remark: sentence, at: new.elapsedSeconds)
        say(sentence)
    }
}
