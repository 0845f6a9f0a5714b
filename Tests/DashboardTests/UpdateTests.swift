// SPDX-License-Identifier: Apache-2.0

import Telemetry
import Testing

@testable import Dashboard

struct UpdateTests {
    @Test func `Tab walks through the panes and around`() {
        var model = Sample.model(80, 24)
        let order = (0..<5).map { _ in
            _ = update(&model, .key(.tab))
            return model.focus
        }
        #expect(order == [.pollers, .workers, .machines, .port, .pollers])
        _ = update(&model, .key(.backTab))
        #expect(model.focus == .port)
        _ = update(&model, .key(.backTab))
        #expect(model.focus == .machines)
    }

    @Test func `digits choose a pane`() {
        var model = Sample.model(80, 24)
        for (digit, pane) in [("4", Pane.machines), ("2", .pollers), ("3", .workers), ("1", .port)]
        {
            _ = update(&model, .key(.character(Character(digit))))
            #expect(model.focus == pane)
        }
    }

    @Test(arguments: [
        (Pane.port, RuntimeCommand.setConcurrency(3), RuntimeCommand.setConcurrency(1)),
        (.pollers, .setPollerMinimum(3), .setPollerMinimum(1)),
        (.workers, .setWorkerMinimum(3), .setWorkerMinimum(1)),
        (.machines, .setClients(220), .setClients(190)),
    ])
    func `plus and minus change what the pane shows`(
        pane: Pane,
        more: RuntimeCommand,
        less: RuntimeCommand
    ) {
        let digit = Key.character(Character("\(pane.rawValue)"))
        var model = Sample.model(80, 24, keys: [digit])
        #expect(update(&model, .key(.character("+"))) == [.command(more)])
        model = Sample.model(80, 24, keys: [digit])
        #expect(update(&model, .key(.character("="))) == [.command(more)])
        model = Sample.model(80, 24, keys: [digit])
        #expect(update(&model, .key(.character("-"))) == [.command(less)])
    }

    @Test func `quick presses add up before a snapshot has followed`() {
        var model = Sample.model(80, 24, keys: [.character("3")])
        let effects = (0..<3).flatMap { _ in update(&model, .key(.character("+"))) }
        #expect(effects == [3, 4, 5].map { .command(.setWorkerMinimum($0)) })
        #expect(view(model).lines[2] == " workers: minimum 4 → 5")
        #expect(view(model).lines.contains { $0.contains("min 2→5") })
        var snapshot = Sample.snapshot(at: 102.6)
        _ = update(&model, .snapshot(snapshot))
        #expect(update(&model, .key(.character("-"))) == [.command(.setWorkerMinimum(4))])
        snapshot.workers.minimum = 4
        _ = update(&model, .snapshot(snapshot))
        #expect(model.targets.isEmpty)
    }

    @Test func `a value that never comes is given up`() {
        var model = Sample.model(80, 24, keys: [.character("3"), .character("+")])
        _ = update(&model, .snapshot(Sample.snapshot(at: 110)))
        #expect(model.targets.isEmpty)
        #expect(model.notice == nil)
        #expect(update(&model, .key(.character("+"))) == [.command(.setWorkerMinimum(3))])
    }

    @Test func `values stay within what the snapshot allows`() {
        var snapshot = Sample.snapshot()
        snapshot.workers.minimum = 1
        snapshot.workers.maximum = 1
        var model = Model(size: Size(columns: 80, rows: 24), glyphs: .ascii)
        _ = update(&model, .snapshot(snapshot))
        _ = update(&model, .key(.character("3")))
        #expect(update(&model, .key(.character("+"))) == [])
        #expect(model.notice?.text == "workers: minimum 1 is the most there can be.")
        #expect(update(&model, .key(.character("-"))) == [])
        #expect(model.notice?.text == "workers: minimum 1 is the least there can be.")
    }

    @Test func `a scenario without clients says so`() {
        var snapshot = Sample.snapshot()
        snapshot.scenario = "timers"
        snapshot.detail?.settings.clientsMaximum = 0
        var model = Model(size: Size(columns: 80, rows: 24), glyphs: .unicode)
        _ = update(&model, .snapshot(snapshot))
        _ = update(&model, .key(.character("4")))
        #expect(update(&model, .key(.character("+"))) == [])
        #expect(model.notice?.text == "The scenario timers has no clients to change.")
        #expect(!(view(model).lines.last?.contains("+/-") ?? true))
    }

    @Test(arguments: [
        (0, 1), (9, 10), (10, 11), (20, 22), (49, 51), (50, 55), (100, 110), (200, 220),
        (950, 1000),
        (1000, 1100), (5000, 5500),
    ])
    func `clients move by about a tenth, and back`(low: Int, high: Int) {
        #expect(Setting.clients.neighbour(of: low, up: true) == high)
        #expect(Setting.clients.neighbour(of: high, up: false) <= high - 1)
    }

    @Test func `arrows and pages move within the rows`() {
        var model = Sample.model(80, 24, keys: [.character("4")])
        func row(after keys: Key...) -> Int {
            for key in keys {
                _ = update(&model, .key(key))
            }
            return model.list(.machines).index
        }
        #expect(row(after: .down, .character("j")) == 2)
        #expect(row(after: .pageDown) == 4)
        #expect(row(after: .pageUp, .character("k")) == 1)
        #expect(row(after: .character("G"), .down) == 39)
        #expect(row(after: .pageUp) == 37)
        #expect(row(after: .end) == 39)
        #expect(row(after: .character("g")) == 39)
        #expect(model.machineList == .functions)
        #expect(model.list(.functions).index == 0)
    }

    @Test func `help opens and closes`() {
        var model = Sample.model(80, 24)
        for key in [Key.character("?"), .function(1), .character("h")] {
            _ = update(&model, .key(key))
            #expect(model.help != nil)
            _ = update(&model, .key(.escape))
            #expect(model.help == nil)
        }
    }

    @Test(arguments: [Key.character("q"), .function(10), .control("c")])
    func `q, F10 and Ctrl-C quit`(key: Key) {
        var model = Model(size: Size(columns: 80, rows: 24), glyphs: .unicode)
        #expect(update(&model, .key(key)) == [.quit])
    }
}
