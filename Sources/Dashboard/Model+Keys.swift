// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

extension Model {
    /// Does what a key means where the user is.
    mutating func press(_ key: Key) -> [Effect] {
        if let search, search.isTyping, key.isLetter { return pressInSearch(key, search) }
        switch key {
        case .character("q"), .function(10), .control("c"): return [.quit]
        case .control("z"): return [.suspend]
        case .control("l"): return [.repaint]
        case .character("?"), .character("h"), .function(1):
            help = help == nil ? 0 : nil
            return []
        case .character("r") where !isAsking: return cyclePlacement()
        case .character("v") where !isAsking: return cycleVariant()
        case .character("u") where !isAsking: return undo()
        case .character("n") where !isAsking: return startNeighbour(by: 1)
        case .character("N") where !isAsking: return startNeighbour(by: -1)
        default: break
        }
        if !isAsking, pressForLooks(key) { return [] }
        if let top = help {
            pressInHelp(key, top)
            return []
        }
        if !hasText, let effects = pressTempo(key) { return effects }
        switch overlay {
        case .knobs(let setting): return pressInKnobs(key, setting)
        case .detail(let detail):
            pressInDetail(key, detail)
            return []
        case .events:
            pressInEvents(key)
            return []
        case .scenarios(let place): return pressInScenarios(key, place)
        case .chart: return pressInChart(key)
        case .picture: return pressInPicture(key)
        case .twin where key == .escape: overlay = nil
        case .twin: return pressInPanes(key)
        case .climber(let top):
            pressInClimber(key, top)
            return []
        case .cancel(let question): return pressInQuestion(key, question)
        case .machineView(let view):
            pressInMachineView(key, view)
            return []
        case nil: return pressInPanes(key)
        }
        return []
    }

    /// Whether a question waits for its answer: keys that act elsewhere do not act then.
    private var isAsking: Bool {
        if case .cancel = overlay { help == nil } else { false }
    }

    private mutating func pressInPanes(_ key: Key) -> [Effect] {
        switch key {
        case .character("z"): isZoomed.toggle()
        case .escape:
            if search != nil { return clearSearch() }
            isZoomed = false
        case .character("/"): openSearch()
        case .character("F"): return pinMachine()
        case .tab: focus = focus.next
        case .backTab: focus = focus.previous
        case .character("1"): focus = .port
        case .character("2"): focus = .pollers
        case .character("3"): focus = .workers
        case .character("4"): focus = .machines
        case .character("+"), .character("="): return change(focus.setting, up: true)
        case .character("-"): return change(focus.setting, up: false)
        case .character("o"): overlay = .knobs(focus.setting)
        case .character("l"): openEvents()
        case .character("w"): openScenarios()
        case .character("c"): overlay = .chart
        case .character("m"): openMachineView()
        case .enter: openDetail()
        case .character("x"): askToCancel()
        case .character("<"), .character(","): moveSort(by: -1)
        case .character(">"), .character("."): moveSort(by: 1)
        case .character("I"), .character("i"): reverseSort()
        default: move(key)
        }
        return []
    }

    /// Whether text lies over the panes, in which the space bar turns pages, or a question.
    private var hasText: Bool {
        switch overlay {
        case .detail, .events, .scenarios, .climber, .cancel: true
        case .knobs, .chart, .picture, .twin, .machineView, nil: false
        }
    }

    private mutating func pressInPicture(_ key: Key) -> [Effect] {
        switch key {
        case .escape, .enter, .backspace: overlay = nil
        case .character("l"): openEvents()
        case .character("o"): overlay = .knobs(focus.setting)
        case .character("w"): openScenarios()
        case .character("c"): overlay = .chart
        case .character("+"), .character("="): return change(focus.setting, up: true)
        case .character("-"): return change(focus.setting, up: false)
        default: break
        }
        return []
    }

    private mutating func pressInHelp(_ key: Key, _ top: Int) {
        switch key {
        case .escape, .enter: help = nil
        case .tab: focus = focus.next
        case .backTab: focus = focus.previous
        default:
            let help = HelpOverlay(model: self)
            self.help = Self.scroll(top, key, lines: help.lineCount, height: help.height)
        }
    }

    private mutating func pressInDetail(_ key: Key, _ detail: Overlay.Detail) {
        switch key {
        case .escape, .enter, .backspace: overlay = nil
        case .character("x"): askToCancel()
        default:
            var detail = detail
            let view = DetailOverlay(model: self, detail: detail)
            let height = view.height
            detail.top = Self.scroll(detail.top, key, lines: view.lineCount, height: height)
            overlay = .detail(detail)
        }
    }

    private mutating func pressInEvents(_ key: Key) {
        switch key {
        case .escape, .character("l"), .enter:
            overlay = nil
            eventsBelow = 0
        default:
            let height = EventLogOverlay(model: self).height
            let count = EventLines(model: self).count
            let top = max(0, count - height - eventsBelow)
            let moved = Self.scroll(top, key, lines: count, height: height)
            eventsBelow = max(0, count - height - moved)
        }
    }

    private mutating func pressInChart(_ key: Key) -> [Effect] {
        let last = PoolChart.scales.count - 1
        switch key {
        case .escape, .character("c"), .backspace: overlay = nil
        case .enter: overlay = .climber(top: 0)
        case .character("l"): openEvents()
        case .character("o"): overlay = .knobs(.workerMinimum)
        case .character("+"), .character("="): return change(.workerMinimum, up: true)
        case .character("-"): return change(.workerMinimum, up: false)
        case .character(">"), .character("."), .right, .up: chartScale = max(0, chartScale - 1)
        case .character("<"), .character(","), .left, .down: chartScale = min(last, chartScale + 1)
        default: break
        }
        return []
    }

    private mutating func pressInClimber(_ key: Key, _ top: Int) {
        switch key {
        case .escape, .enter, .backspace: overlay = .chart
        case .character("c"): overlay = nil
        default:
            let view = ClimberOverlay(model: self, top: top)
            overlay = .climber(
                top: Self.scroll(top, key, lines: view.lineCount, height: view.height)
            )
        }
    }

    private mutating func pressInKnobs(_ key: Key, _ setting: Setting) -> [Effect] {
        let all = Setting.allCases
        let index = all.firstIndex(of: setting) ?? 0
        var target = index
        switch key {
        case .escape, .character("o"):
            overlay = nil
            return []
        case .character("+"), .character("="), .right: return change(setting, up: true)
        case .character("-"), .left: return change(setting, up: false)
        case .up, .character("k"), .backTab: target = index - 1
        case .down, .character("j"), .tab: target = index + 1
        case .home, .pageUp, .character("g"): target = 0
        case .end, .pageDown, .character("G"): target = all.count - 1
        default: return []
        }
        overlay = .knobs(all[min(max(0, target), all.count - 1)])
        return []
    }

    /// The first line in sight after a key that scrolls a text.
    static func scroll(_ top: Int, _ key: Key, lines: Int, height: Int) -> Int {
        let last = max(0, lines - height)
        let target =
            switch key {
            case .up, .character("k"): top - 1
            case .down, .character("j"): top + 1
            case .pageUp: top - max(1, height - 1)
            case .pageDown, .character(" "): top + max(1, height - 1)
            case .home, .character("g"): 0
            case .end, .character("G"): last
            default: top
            }
        return min(max(0, target), last)
    }

    mutating func openEvents() {
        overlay = .events
        eventsBelow = 0
    }

    mutating func say(_ text: String) {
        notice = Notice(text: text, expiresAt: now + Self.patienceSeconds)
    }
}
