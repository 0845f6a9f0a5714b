// SPDX-License-Identifier: Apache-2.0

import Telemetry
import Testing

@testable import Dashboard

struct MouseTests {
    /// Where a text stands on the screen, counted from the upper left corner.
    private func place(of text: String, in model: Model, from row: Int = 0) -> (Int, Int)? {
        for (index, line) in view(model).lines.enumerated().dropFirst(row) {
            let characters = Array(line)
            let wanted = Array(text)
            for column in characters.indices.dropLast(max(0, wanted.count - 1))
            where Array(characters[column..<column + wanted.count]) == wanted {
                return (column, index)
            }
        }
        return nil
    }

    @discardableResult
    private func click(
        _ text: String,
        in model: inout Model,
        _ kind: MouseEvent.Kind = .press,
        from row: Int = 0
    ) throws -> [Effect] {
        let (column, row) = try #require(
            place(of: text, in: model, from: row),
            "\(text) is missing"
        )
        return update(&model, .mouse(MouseEvent(kind: kind, column: column, row: row)))
    }

    @Test(arguments: [(40, 15), (60, 20), (80, 24), (120, 36), (200, 60)])
    func `a click on a head focuses its pane`(columns: Int, rows: Int) throws {
        var model = Sample.model(columns, rows)
        for (head, pane) in [
            ("4 State", Pane.machines), ("2 Pollers", .pollers), ("3 Work", .workers),
        ] {
            try click(head, in: &model, from: 3)
            #expect(model.focus == pane)
        }
    }

    @Test func `a click chooses a row, a second one opens it`() throws {
        var model = Sample.model(80, 24)
        try click("#10234", in: &model)
        #expect(model.focus == .machines)
        #expect(model.list(.machines).followed == .machine(10_234))
        #expect(model.overlay == nil)
        try click("#10234", in: &model)
        guard case .detail(let detail) = model.overlay else {
            Issue.record("No detail view")
            return
        }
        #expect(detail.id == .machine(10_234))
    }

    @Test func `a double click opens a row of another pane`() throws {
        var model = Sample.model(120, 36, keys: [.character("4")])
        try click("W2", in: &model, .doublePress)
        #expect(model.focus == .workers)
        #expect(view(model).lines.contains { $0.contains("Worker 2") })
    }

    @Test func `a click on a head of a column sorts, and sorts the other way round`() throws {
        var model = Sample.model(120, 36)
        try click("hops", in: &model, from: 4)
        #expect(model.focus == .machines)
        #expect(model.rows.machines.first?.hops == 45)
        #expect(view(model).lines.contains { $0.contains("hops▼") })
        try click("hops", in: &model, from: 4)
        #expect(model.rows.machines.first?.hops == 6)
        #expect(view(model).lines.contains { $0.contains("hops▲") })
    }

    @Test func `a click on a key of the key bar presses it`() throws {
        var model = Sample.model(120, 36, keys: [.character("3")])
        #expect(try click("+/- minimum", in: &model) == [.command(.setWorkerMinimum(3))])
        #expect(try click("/- minimum", in: &model) == [.command(.setWorkerMinimum(2))])
        try click("o knobs", in: &model, from: 30)
        #expect(model.overlay == .knobs(.workerMinimum))
        try click("Esc", in: &model)
        #expect(model.overlay == nil)
        #expect(try click("q quit", in: &model) == [.quit])
    }

    @Test func `the wheel scrolls what is under it and leaves focus and choice`() throws {
        var model = Sample.model(80, 24)
        let (column, row) = try #require(place(of: "#10234", in: model))
        for _ in 0..<2 {
            let event = MouseEvent(kind: .wheelDown, column: column, row: row)
            _ = update(&model, .mouse(event))
        }
        #expect(model.focus == .port)
        #expect(model.list(.machines).top == 6)
        #expect(model.list(.machines).index == 0)
        #expect(place(of: "#10239", in: model) != nil)
        _ = update(&model, .mouse(MouseEvent(kind: .wheelUp, column: column, row: row)))
        #expect(model.list(.machines).top == 3)
    }

    @Test func `a click beside a box closes it, one on a knob chooses it`() throws {
        var model = Sample.model(80, 24, keys: [.character("o")])
        try click("spread", in: &model)
        #expect(model.overlay == .knobs(.spread))
        _ = update(&model, .mouse(MouseEvent(kind: .press, column: 0, row: 1)))
        #expect(model.overlay == nil)
    }
}
