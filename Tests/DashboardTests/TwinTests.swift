// SPDX-License-Identifier: Apache-2.0

import Telemetry
import Testing

@testable import Dashboard

/// The comparison of the two twins.
struct TwinTests {
    private static func snapshot(at seconds: Double = 12.5) -> RuntimeSnapshot {
        var snapshot = Sample.snapshot(at: seconds)
        snapshot.scenario = "twin"
        var twin = TwinComparison()
        twin.running = .sync
        twin.elapsedSeconds = 2.6
        twin.turnSeconds = 5
        twin.async.turns = 2
        twin.sync.turns = 1
        for (way, threads, bytes, switches) in [
            (TwinComparison.Way.async, 8, 25_165_824, 21_000), (.sync, 404, 50_331_648, 42_000),
        ] {
            twin[way].seconds = way == .async ? 4.9 : 2.4
            twin[way].threads = threads
            twin[way].residentBytes = bytes
            twin[way].contextSwitches = switches
            twin[way].cpuPercent = 18
            twin[way].requests.completed = 2800
            twin[way].requests.perSecond = 571
            twin[way].requests.latencyMicroseconds.p50 = 100_500
            twin[way].requests.latencyMicroseconds.p99 = 112_000
        }
        snapshot.twin = twin
        return snapshot
    }

    private static func model(_ columns: Int, _ rows: Int, _ glyphs: Glyphs = .unicode) -> Model {
        var model = Model(size: Size(columns: columns, rows: rows), glyphs: glyphs)
        _ = update(&model, .snapshot(snapshot()))
        return model
    }

    @Test func `the comparison, at all sizes and in ASCII`() throws {
        let sizes = [(40, 15), (60, 20), (80, 24), (120, 36), (200, 60)]
        var screens = sizes.map { columns, rows in
            let lines = view(Self.model(columns, rows)).lines
            return GoldenFile.Screen(name: "\(columns)x\(rows)", rows: lines)
        }
        let ascii = view(Self.model(80, 24, .ascii)).lines
        screens.append(GoldenFile.Screen(name: "80x24, ASCII", rows: ascii))
        var limited = Self.model(80, 24)
        var snapshot = Self.snapshot(at: 13)
        snapshot.twin?.sync.problem = "After 1200 threads no more could be created."
        _ = update(&limited, .snapshot(snapshot))
        screens.append(GoldenFile.Screen(name: "80x24, a limit", rows: view(limited).lines))
        try GoldenFile(name: "twin").expect(screens)
    }

    @Test func `every figure of both is in sight at 80x24`() {
        let lines = view(Self.model(80, 24)).lines
        let labels = [
            "threads", "resident memory", "context switches/s", "requests/s", "p50", "p99",
        ]
        for label in labels {
            #expect(lines.contains { $0.contains("│ \(label)") }, "\(label)")
        }
    }

    @Test func `v hides and shows it, Escape hides it, plus is for both`() {
        var model = Self.model(80, 24)
        #expect(model.overlay == .twin)
        #expect(update(&model, .key(.character("+"))) == [.command(.setClients(220))])
        _ = update(&model, .key(.character("v")))
        #expect(model.overlay == nil)
        // Once hidden, it stays so.
        _ = update(&model, .snapshot(Self.snapshot(at: 13)))
        #expect(model.overlay == nil)
        _ = update(&model, .key(.character("v")))
        #expect(model.overlay == .twin)
        _ = update(&model, .key(.escape))
        #expect(model.overlay == nil)
    }
}
