// SPDX-License-Identifier: Apache-2.0

/// Where the lists of all panes are: drawing, keys and mouse go by the same places.
struct PaneLists {
    let model: Model
    let layout: Layout

    /// The rectangle of a list, its heads included; `nil` where its pane is closed.
    func rect(of list: ListID) -> Rect? {
        guard let content = layout.contents[list.pane] else { return nil }
        switch list {
        case .packets: return PortPane(model: model).list(in: content)
        case .pollers: return content
        case .workers: return WorkerPane(model: model).list(in: content)
        case .functions: return MachinePane(model: model).functions(in: content)
        case .machines: return MachinePane(model: model).machines(in: content)
        }
    }

    /// Rows of a list that fit on the screen.
    func bodyRows(of list: ListID) -> Int {
        max(0, (rect(of: list)?.rows ?? 0) - 1)
    }

    /// Where a list's columns and rows are.
    func place(of list: ListID) -> ListPlace? {
        guard let rect = rect(of: list) else { return nil }
        let state = model.list(list)
        let count = model.rows.count(list)
        let isChosen = model.cursorList(of: list.pane) == list && count > 0
        return ListPlace(
            grid: Grid(shapes(of: list), in: rect, sort: state.sort),
            sort: state.sort,
            count: count,
            top: state.top,
            chosen: isChosen ? state.index : nil
        )
    }

    private func shapes(of list: ListID) -> [ColumnShape] {
        switch list {
        case .packets: PacketColumns(model: model).all.map(\.shape)
        case .pollers: PollerColumns(model: model).all.map(\.shape)
        case .workers: WorkerColumns(model: model).all.map(\.shape)
        case .functions:
            FunctionColumns(model: model, functions: model.rows.functions).all.map(\.shape)
        case .machines: MachineColumns(model: model).all.map(\.shape)
        }
    }
}
