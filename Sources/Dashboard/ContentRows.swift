// SPDX-License-Identifier: Apache-2.0

/// How the rows of a pane's content are shared between its parts.
///
/// The update function asks too, because a page of `PgDn` is as long as the list on the screen.
enum ContentRows {
    /// Rows of the list that the chosen row of a pane moves in.
    static func visible(in pane: Pane, of model: Model) -> Int {
        guard let content = model.layout.contents[pane] else { return 0 }
        let list =
            switch pane {
            case .port: PortPane(model: model).list(in: content)
            case .pollers: content
            case .workers: WorkerPane(model: model).list(in: content)
            case .machines: MachinePane(model: model).list(in: content)
            }
        return Table.body(of: list).rows
    }
}
