// SPDX-License-Identifier: Apache-2.0

import Telemetry
import Testing

@testable import Dashboard

struct CancelTests {
    private static let x = Key.character("x")
    private static let y = Key.character("y")

    /// The first machine of the sample that awaits an operation.
    private static let waiting = Sample.snapshot(at: 103).detail?.machines.first {
        !["running", "queued", "suspended"].contains($0.state)
    }

    /// A screen on which that machine is chosen.
    private func model() throws -> (Model, RuntimeSnapshot.MachineRow) {
        let machine = try #require(Self.waiting)
        var model = Sample.model(80, 24, keys: [.character("4")])
        let index = try #require(model.rows.index(of: machine.id))
        model.choose(.machines, index)
        return (model, machine)
    }

    @Test func `x asks, and y cancels what the machine awaits`() throws {
        var (model, machine) = try model()
        #expect(update(&model, .key(Self.x)).isEmpty)
        let asked = view(model).lines
        #expect(asked.contains { $0.contains("that machine #\(machine.number) awaits?") })
        #expect(asked.contains { $0.contains("now in") && $0.contains(machine.state) })
        let command = RuntimeCommand.cancelOperation(machine: machine.number)
        #expect(update(&model, .key(Self.y)) == [.command(command)])
        #expect(model.overlay == nil)
        #expect(view(model).lines[2].contains("being cancelled"))
    }

    @Test(arguments: [Key.escape, .character("n"), .character("x")])
    func `any other answer leaves it alone`(key: Key) throws {
        var (model, _) = try model()
        _ = update(&model, .key(Self.x))
        #expect(update(&model, .key(key)).isEmpty)
        #expect(model.overlay == nil)
    }

    @Test func `keys that mean something elsewhere do not answer`() throws {
        var (model, _) = try model()
        _ = update(&model, .key(Self.x))
        for key in [Key.down, .tab] + "+4rvst ".map({ Key.character($0) }) {
            #expect(update(&model, .key(key)).isEmpty)
        }
        guard case .cancel = model.overlay else {
            Issue.record("The question is gone.")
            return
        }
    }

    @Test func `asked from the detail view, it leads back there`() throws {
        var (model, machine) = try model()
        _ = update(&model, .key(.enter))
        let detail = model.overlay
        _ = update(&model, .key(Self.x))
        let command = RuntimeCommand.cancelOperation(machine: machine.number)
        #expect(update(&model, .key(Self.y)) == [.command(command)])
        #expect(model.overlay == detail)
    }

    @Test func `the caption tells what came of it, once`() throws {
        var (model, _) = try model()
        _ = update(&model, .key(Self.x))
        _ = update(&model, .key(Self.y))
        var snapshot = Sample.snapshot(at: model.now + 0.3)
        let old = RuntimeSnapshot.EventRow(
            elapsedSeconds: model.now - 5,
            name: "CancelIoEx",
            text: "an earlier one"
        )
        snapshot.detail?.events = [old]
        _ = update(&model, .snapshot(snapshot))
        #expect(view(model).lines[2].contains("being cancelled"))
        snapshot = Sample.snapshot(at: model.now + 0.3)
        let new = RuntimeSnapshot.EventRow(
            elapsedSeconds: model.now + 0.1,
            name: "CancelIoEx",
            text: "read on descriptor 17 of machine #5 (fetch): cancelled"
        )
        snapshot.detail?.events = [old, new]
        _ = update(&model, .snapshot(snapshot))
        #expect(view(model).lines[2] == " CancelIoEx: \(new.text)")
        snapshot = Sample.snapshot(at: model.now + 4)
        snapshot.detail?.events = [old, new]
        _ = update(&model, .snapshot(snapshot))
        #expect(!view(model).lines[2].contains("CancelIoEx"))
    }

    @Test func `where there is nothing to cancel, x says so`() throws {
        var model = Sample.model(80, 24, keys: [.character("2"), Self.x])
        #expect(model.overlay == nil)
        #expect(view(model).lines[2].contains("choose a machine in pane 4"))
        model = Sample.model(80, 24, keys: [.character("4")])
        let running = try #require(model.rows.machines.firstIndex { $0.state == "running" })
        model.choose(.machines, running)
        _ = update(&model, .key(Self.x))
        #expect(model.overlay == nil)
        #expect(view(model).lines[2].contains("is running: no operation to cancel"))
    }

    @Test func `a machine that ends meanwhile is said to have ended`() throws {
        var (model, machine) = try model()
        _ = update(&model, .key(Self.x))
        var snapshot = Sample.snapshot(at: model.now + 1)
        snapshot.detail?.machines.removeAll { $0.number == machine.number }
        _ = update(&model, .snapshot(snapshot))
        #expect(view(model).lines.contains { $0.contains("It has ended.") })
    }

    @Test func `a click on the key bar answers, and one beside the box leaves it alone`() throws {
        var (model, machine) = try model()
        _ = update(&model, .key(Self.x))
        let bar = view(model).lines[23]
        #expect(bar.hasPrefix(" y cancel it  Esc leave it alone"))
        let click = MouseEvent(kind: .press, column: 1, row: 23)
        let command = RuntimeCommand.cancelOperation(machine: machine.number)
        #expect(update(&model, .mouse(click)) == [.command(command)])
        _ = update(&model, .key(Self.x))
        #expect(update(&model, .mouse(MouseEvent(kind: .press, column: 1, row: 4))).isEmpty)
        #expect(model.overlay == nil)
    }
}
