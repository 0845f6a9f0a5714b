// SPDX-License-Identifier: Apache-2.0

extension Model {
    /// Rows that one notch of the wheel moves.
    private static let notch = 3

    /// Does what a click or a turn of the wheel means at its place.
    ///
    /// A double click comes as a press and a double press, or as two presses: a press on the row
    /// that is chosen already opens it, so that both open.
    mutating func handle(_ event: MouseEvent) -> [Effect] {
        guard layout.shape != .tooSmall else { return [] }
        switch event.kind {
        case .wheelUp: return turn(event, up: true)
        case .wheelDown: return turn(event, up: false)
        case .press, .doublePress: break
        }
        if event.row == layout.keyRow, search?.isTyping != true {
            let button = KeyBar(model: self).buttons.first { $0.columns.contains(event.column) }
            return button.map { press($0.key) } ?? []
        }
        if help == nil, case .scenarios(let place) = overlay,
            ScenarioMenu(model: self, place: place).box.rect.contains(event)
        {
            return handleInScenarios(event, place)
        }
        if let box = coveringBox {
            return clickOverlay(event, box)
        }
        if overlay == .picture {
            clickPicture(event)
            return []
        }
        click(event)
        return []
    }

    private mutating func click(_ event: MouseEvent) {
        guard let pane = pane(column: event.column, row: event.row) else {
            if let box = layout.eventBox, box.contains(event), event.kind == .doublePress {
                openEvents()
            }
            return
        }
        let wasFocused = focus == pane
        let layout = layout
        focus = pane
        if pane == .workers, let content = layout.contents[.workers],
            event.row == WorkerPane(model: self).gaugeRow(in: content), event.kind == .press
        {
            overlay = .chart
        }
        for list in pane.lists {
            guard let place = PaneLists(model: self, layout: layout).place(of: list),
                place.grid.rect.contains(event)
            else { continue }
            if event.row == place.grid.rect.row {
                guard event.kind == .press, let shape = place.grid.shape(column: event.column)
                else { return }
                if pane == .machines { machineList = list }
                sort(list, byColumn: shape)
            } else if let index = place.index(row: event.row) {
                let isChosen = wasFocused && place.chosen == index
                choose(list, index)
                if isChosen || event.kind == .doublePress { openDetail() }
            }
        }
    }

    /// The box that lies over the panes.
    private var coveringBox: OverlayBox? {
        if help != nil { return HelpOverlay(model: self).placed }
        switch overlay {
        case .detail(let detail): return DetailOverlay(model: self, detail: detail).placed
        case .knobs(let setting): return KnobOverlay(model: self, chosen: setting).box
        case .events: return EventLogOverlay(model: self).placed
        case .scenarios(let place): return ScenarioMenu(model: self, place: place).box
        case .chart: return PoolChart(model: self).placed
        case .twin: return TwinOverlay(model: self).placed
        case .climber(let top): return ClimberOverlay(model: self, top: top).placed
        case .cancel(let question): return CancelBox(model: self, question: question).placed
        case .machineView(let view): return MachineViewOverlay(model: self, view: view).placed
        case .picture, nil: return nil
        }
    }

    /// A click beside the box closes it; one on a setting chooses it.
    private mutating func clickOverlay(_ event: MouseEvent, _ box: OverlayBox) -> [Effect] {
        guard box.rect.contains(event) else {
            return event.kind == .press ? press(.escape) : []
        }
        if help != nil, event.kind == .press,
            let key = HelpOverlay(model: self).key(column: event.column, row: event.row)
        {
            help = nil
            return press(key)
        }
        if help == nil, case .knobs(let chosen) = overlay,
            let setting = KnobOverlay(model: self, chosen: chosen).setting(row: event.row)
        {
            overlay = .knobs(setting)
        }
        return []
    }

    private mutating func turn(_ event: MouseEvent, up: Bool) -> [Effect] {
        if help == nil, case .scenarios(let place) = overlay {
            return handleInScenarios(event, place)
        }
        if coveringBox != nil {
            var effects: [Effect] = []
            for _ in 0..<Self.notch {
                effects += press(up ? .up : .down)
            }
            return effects
        }
        if overlay == .picture { return [] }
        let lines = up ? -Self.notch : Self.notch
        if let box = layout.eventBox, box.interior.contains(event) {
            let rows = box.interior.rows
            let most = max(0, EventLines(model: self).count - rows)
            eventsBelow = min(max(0, eventsBelow - lines), most)
            return []
        }
        let lists = PaneLists(model: self, layout: layout)
        guard let pane = pane(column: event.column, row: event.row) else { return [] }
        let under = pane.lists.first { lists.rect(of: $0)?.contains(event) == true }
        scroll(under ?? cursorList(of: pane), by: lines)
        return []
    }

    /// The pane at a place of the screen; borders belong to the pane below or to the right of them.
    private func pane(column: Int, row: Int) -> Pane? {
        let layout = layout
        if let area = layout.bigArea {
            return BigView(model: self).pane(column: column, row: row, in: area)
        }
        let event = MouseEvent(kind: .press, column: column, row: row)
        return Pane.allCases.last { pane in
            [layout.boxes[pane], layout.heads[pane], layout.contents[pane]]
                .contains { $0?.contains(event) == true }
        }
    }
}

extension Rect {
    /// Whether the mouse is in it.
    fileprivate func contains(_ event: MouseEvent) -> Bool {
        contains(column: event.column, row: event.row)
    }
}
