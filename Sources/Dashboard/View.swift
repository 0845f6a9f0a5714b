// SPDX-License-Identifier: Apache-2.0

/// Draws the model; the same model always gives the same frame.
package func view(_ model: Model) -> Frame {
    var frame = Frame(
        size: model.size,
        ascii: !model.glyphs.isUnicode,
        theme: model.looks.theme
    )
    let layout = model.layout
    guard layout.shape != .tooSmall else {
        drawApology(on: &frame)
        return frame
    }
    TitleLine(model: model).draw(on: &frame, row: 0)
    if let row = layout.pipelineRow {
        PipelineLine(model: model).draw(on: &frame, row: row)
    }
    if let area = layout.bigArea, let row = layout.captionRow {
        let lines = Rect(column: 0, row: row, columns: area.columns, rows: area.row - row)
        CaptionLine(model: model).draw(on: &frame, in: lines)
        BigView(model: model).draw(on: &frame, in: area)
    } else if let row = layout.captionRow {
        CaptionLine(model: model).draw(on: &frame, row: row)
    }
    drawBorders(of: layout, model: model, on: &frame)
    let lists = PaneLists(model: model, layout: layout)
    var places: [ListID: ListPlace] = [:]
    for list in ListID.allCases {
        places[list] = lists.place(of: list)
    }
    for pane in Pane.allCases {
        draw(pane, of: model, at: places, layout, on: &frame)
    }
    if let box = layout.eventBox {
        EventPane(model: model).draw(on: &frame, in: box)
    }
    switch model.overlay {
    case .detail(let detail): DetailOverlay(model: model, detail: detail).draw(on: &frame)
    case .knobs(let setting): KnobOverlay(model: model, chosen: setting).draw(on: &frame)
    case .events: EventLogOverlay(model: model).draw(on: &frame)
    case .scenarios(let place): ScenarioMenu(model: model, place: place).draw(on: &frame)
    case .chart: PoolChart(model: model).draw(on: &frame)
    case .picture: Picture(model: model)?.draw(on: &frame)
    case .twin: TwinOverlay(model: model).draw(on: &frame)
    case .climber(let top):
        PoolChart(model: model).draw(on: &frame)
        ClimberOverlay(model: model, top: top).draw(on: &frame)
    case .cancel(let question):
        if let detail = question.under {
            DetailOverlay(model: model, detail: detail).draw(on: &frame)
        }
        CancelBox(model: model, question: question).draw(on: &frame)
    case .machineView(let view): MachineViewOverlay(model: model, view: view).draw(on: &frame)
    case nil: break
    }
    if model.help != nil {
        HelpOverlay(model: model).draw(on: &frame)
    }
    if let search = model.search, search.isTyping {
        SearchLine(model: model, search: search).draw(on: &frame, row: layout.keyRow)
    } else {
        KeyBar(model: model).draw(on: &frame, row: layout.keyRow)
    }
    return frame
}

private func draw(
    _ pane: Pane,
    of model: Model,
    at places: [ListID: ListPlace],
    _ layout: Layout,
    on frame: inout Frame
) {
    let content = layout.contents[pane]
    if let head = layout.heads[pane] {
        let place = places[pane == .machines ? .machines : model.cursorList(of: pane)]
        PaneHead(pane: pane, model: model, isOpen: content != nil, place: place)
            .draw(on: &frame, in: head)
    }
    guard let content else { return }
    if pane == .machines {
        MachinePane(model: model).draw(on: &frame, in: content, at: places)
        return
    }
    guard let place = places[model.cursorList(of: pane)] else { return }
    switch pane {
    case .port: PortPane(model: model).draw(on: &frame, in: content, at: place)
    case .pollers: PollerPane(model: model).draw(on: &frame, at: place)
    case .workers: WorkerPane(model: model).draw(on: &frame, in: content, at: place)
    case .machines: break
    }
}

private func drawBorders(of layout: Layout, model: Model, on frame: inout Frame) {
    var borders = Borders(size: model.size)
    for box in layout.boxes.values {
        borders.addBox(box)
    }
    if let box = layout.eventBox {
        borders.addBox(box)
    }
    if layout.shape == .stacked {
        for head in layout.heads.values {
            borders.addRule(row: head.row, from: head.column, to: head.endColumn - 1)
        }
    }
    borders.draw(on: &frame, glyphs: model.glyphs)
    guard let box = layout.boxes[model.focus] else { return }
    frame.restyle(Rect(column: box.column, row: box.row, columns: box.columns, rows: 1), .focus)
    let last = Rect(column: box.column, row: box.endRow - 1, columns: box.columns, rows: 1)
    frame.restyle(last, .focus)
    frame.restyle(Rect(column: box.column, row: box.row, columns: 1, rows: box.rows), .focus)
    let right = Rect(column: box.endColumn - 1, row: box.row, columns: 1, rows: box.rows)
    frame.restyle(right, .focus)
}

/// What a screen shows on which nothing fits.
private func drawApology(on frame: inout Frame) {
    let smallest = Layout.smallest
    let lines = [
        "Window too small.", "\(smallest.columns)x\(smallest.rows) is enough.", "q quits",
    ]
    for (row, line) in lines.enumerated() {
        frame.draw(line, column: 0, row: row, in: frame.bounds)
    }
}
