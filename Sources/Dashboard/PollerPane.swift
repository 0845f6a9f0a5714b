// SPDX-License-Identifier: Apache-2.0

/// The threads that take packets from the port.
struct PollerPane {
    let model: Model

    func draw(on frame: inout Frame, at place: ListPlace) {
        let columns = PollerColumns(model: model).all
        Table(columns: columns, place: place, glyphs: model.glyphs)
            .draw(model.rows.pollers, isFocused: model.focus == .pollers, on: &frame)
    }
}
