// SPDX-License-Identifier: Apache-2.0

import Telemetry
import Testing

@testable import Dashboard

struct ListTests {
    @Test func `large numbers are shown whole`() {
        var model = Sample.model(80, 24, keys: [.character("4")])
        var snapshot = Sample.snapshot(at: 103)
        snapshot.detail?.machines[0].number = 123_456_789
        snapshot.detail?.workers[0].number = 32_767
        snapshot.detail?.workers[0].machine = 123_456_789
        snapshot.detail?.pollers[0].number = 1000
        snapshot.detail?.packets[0].number = 12_345_678
        _ = update(&model, .snapshot(snapshot))
        let text = view(model).lines.joined(separator: "\n")
        for word in ["#123456789 ", "W32767 ", "P1000 ", "#12345678 "] {
            #expect(text.contains(word), "\(word)")
        }
    }

    @Test func `the chosen row goes where its machine goes`() {
        var model = Sample.model(80, 24, keys: [.character("4"), .down, .down])
        #expect(model.list(.machines).followed == .machine(10_235))
        var snapshot = Sample.snapshot(at: 103)
        snapshot.detail?.machines.swapAt(2, 39)
        _ = update(&model, .snapshot(snapshot))
        #expect(model.list(.machines).index == 39)
        #expect(view(model).lines.contains { $0.contains("#10235") })
        snapshot = Sample.snapshot(at: 104)
        snapshot.detail?.machines.removeAll { $0.number == 10_235 }
        _ = update(&model, .snapshot(snapshot))
        #expect(model.list(.machines).followed == nil)
        #expect(model.list(.machines).index == 38)
    }

    @Test func `less and greater go through the columns and back to the order as it comes`() {
        var model = Sample.model(120, 36, keys: [.character("3")])
        var columns: [String?] = []
        for _ in 0..<9 {
            _ = update(&model, .key(.character(">")))
            columns.append(model.list(.workers).sort?.column)
        }
        #expect(
            columns == [
                "id", "state", "runs", "machine", "for", "item/s", "busy", "queue", nil,
            ]
        )
        _ = update(&model, .key(.character("<")))
        #expect(model.list(.workers).sort == Sort(column: "queue", isDescending: true))
        #expect(model.rows.workers.map(\.number) == [2, 1])
        _ = update(&model, .key(.character("I")))
        #expect(model.rows.workers.map(\.number) == [1, 2])
    }

    @Test func `sorting holds for the snapshots that follow, and for equal rows`() {
        var model = Sample.model(80, 24, keys: [.character("4")])
        _ = update(&model, .key(.character(">")))
        _ = update(&model, .key(.character(">")))
        #expect(model.list(.machines).sort == Sort(column: "function", isDescending: false))
        _ = update(&model, .snapshot(Sample.snapshot(at: 103)))
        #expect(model.rows.machines.prefix(3).map(\.number) == [10_233, 10_235, 10_237])
    }

    @Test func `the cursor goes from the machines up to the functions`() {
        var model = Sample.model(80, 24, keys: [.character("4"), .up])
        #expect(model.machineList == .functions)
        #expect(model.list(.functions).followed == .function("serve"))
        _ = update(&model, .key(.down))
        #expect(model.machineList == .machines)
        _ = update(&model, .key(.home))
        #expect(model.machineList == .functions)
        _ = update(&model, .key(.enter))
        #expect(view(model).lines.contains { $0.contains("Function fetch") })
        #expect(view(model).lines.contains { $0.contains("186 in read") })
    }

    @Test func `Esc leads back to the same focus, row, place and order`() {
        let keys: [Key] = [.character("4"), .character(">"), .pageDown, .pageDown, .down]
        let before = Sample.model(80, 24, keys: keys)
        var model = before
        _ = update(&model, .key(.enter))
        #expect(model != before)
        _ = update(&model, .key(.escape))
        #expect(model == before)
    }

    @Test func `the detail view follows its machine and says when it is gone`() {
        var model = Sample.model(80, 24, keys: [.character("4"), .down, .enter])
        #expect(view(model).lines.contains { $0.contains("State machine #10234") })
        var snapshot = Sample.snapshot(at: 103)
        snapshot.detail?.machines.removeFirst()
        snapshot.detail?.machines[0].hops = 77
        _ = update(&model, .snapshot(snapshot))
        #expect(view(model).lines.contains { $0.contains("77 changes of thread") })
        snapshot = Sample.snapshot(at: 104)
        snapshot.detail?.machines.removeAll { $0.number == 10_234 }
        _ = update(&model, .snapshot(snapshot))
        #expect(view(model).lines.contains { $0.contains("has ended, or is not among") })
        snapshot = Sample.snapshot(at: 105)
        snapshot.detail?.machines.removeAll { $0.number == 10_234 }
        snapshot.machines.inFlight = 39
        _ = update(&model, .snapshot(snapshot))
        #expect(view(model).lines.contains { $0.contains("It has ended. Seen last at 01:43") })
    }

    @Test func `resizing keeps the chosen row, and keeps it in sight`() {
        var model = Sample.model(200, 60, keys: [.character("4"), .end])
        for size in [(40, 15), (80, 24), (60, 20), (120, 36), (20, 6), (200, 60)] {
            _ = update(&model, .resize(Size(columns: size.0, rows: size.1)))
            #expect(model.list(.machines).followed == .machine(10_272))
            let place = PaneLists(model: model, layout: model.layout).place(of: .machines)
            #expect(place.map { $0.height == 0 || $0.visible.contains(39) } ?? false)
        }
    }
}
