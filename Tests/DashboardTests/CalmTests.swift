// SPDX-License-Identifier: Apache-2.0

import Telemetry
import Testing

@testable import Dashboard

struct CalmTests {
    /// A runtime at rest, whose own observation makes the figures of the process waver.
    private func idle(at seconds: Double) -> RuntimeSnapshot {
        var snapshot = RuntimeSnapshot()
        snapshot.elapsedSeconds = seconds
        snapshot.pollers.count = 2
        snapshot.pollers.leader = 1
        snapshot.workers.existing = 2
        snapshot.process.cpuPercent = 1 + (seconds * 7).truncatingRemainder(dividingBy: 1)
        snapshot.process.residentBytes = 20_000_000 + Int(seconds * 1000) % 7 * 90_000
        var detail = RuntimeSnapshot.Detail()
        detail.caption = "Nothing runs."
        detail.pollers = (1...2).map { number in
            .init(
                number: number,
                state: number == 1 ? .leader : .waiting,
                sinceMicroseconds: Int(seconds * 1e6),
                packetsPerSecond: 0,
                busyPercent: 0
            )
        }
        snapshot.detail = detail
        return snapshot
    }

    @Test(arguments: [(80, 24), (120, 36), (200, 60)])
    func `at rest nothing but the clock changes`(columns: Int, rows: Int) {
        var model = Model(size: Size(columns: columns, rows: rows), glyphs: .unicode)
        var frames: Set<String> = []
        // From 31 to 59 seconds no step of ">30s" falls in between.
        for tick in 310..<590 {
            let cost = DashboardCost(
                processorPercent: 0.5 + Double(tick % 3) / 10,
                bytesPerSecond: Double(50 + tick % 40),
                droppedFrames: 0
            )
            _ = update(&model, .snapshot(idle(at: Double(tick) / 10)))
            if tick % 10 == 0 { _ = update(&model, .cost(cost)) }
            guard tick > 320 else { continue }
            let clock = "LIVE \(Quantity.clock(seconds: model.snapshot?.elapsedSeconds ?? 0))"
            let screen = view(model).lines.joined(separator: "\n")
            let pieces = screen.split(separator: clock, omittingEmptySubsequences: false)
            #expect(pieces.count == 2)
            frames.insert(pieces.joined(separator: "LIVE"))
        }
        #expect(frames.count == 1)
    }

    @Test func `numbers are renewed four times a second at most`() {
        var model = Model(size: Size(columns: 80, rows: 24), glyphs: .unicode)
        var renewals = 0
        for tick in 0..<100 {
            var snapshot = Sample.snapshot(at: Double(tick) / 10)
            snapshot.port.armed = tick
            _ = update(&model, .snapshot(snapshot))
            if model.snapshot?.port.armed == tick { renewals += 1 }
        }
        #expect(renewals == 40)
    }

    @Test func `a peak is the highest value of the last minute`() {
        var model = Model(size: Size(columns: 80, rows: 24), glyphs: .unicode)
        for tick in 0..<1300 {
            var snapshot = Sample.snapshot(at: Double(tick) / 10)
            snapshot.port.queuedPeak = 0
            snapshot.port.queued = tick == 605 ? 77 : 3
            _ = update(&model, .snapshot(snapshot))
            if tick == 1190 { #expect(model.trends.queued.peak == 77) }
        }
        #expect(model.trends.queued.peak == 3)
    }

    @Test func `the dashboard's own cost and what it dropped are on the screen`() {
        var model = Sample.model(120, 36)
        let cost = DashboardCost(
            processorPercent: 0.94,
            bytesPerSecond: 12_345,
            droppedFrames: 3
        )
        _ = update(&model, .cost(cost))
        let bar = view(model).lines.last ?? ""
        #expect(bar.hasSuffix("self 0.9%   12 kB/s · dropped 3 frames, 0 events"))
        model.size = Size(columns: 80, rows: 24)
        #expect(view(model).lines.last?.hasSuffix("self 0.9%") == true)
    }

    @Test func `lines of standard error are in the event log, marked and in order`() {
        var model = Sample.model(120, 36)
        _ = update(&model, .standardError(["first", "second"]))
        #expect(view(model).lines[2] == " standard error: second")
        _ = update(&model, .key(.character("l")))
        let lines = view(model).lines
        let places = ["worker-2", "goal 3 → 2", "first", "second"].map { text in
            lines.firstIndex { $0.contains(text) && $0.contains("23:1") }
        }
        #expect(places == places.compactMap { $0 }.sorted())
        #expect(lines.contains { $0.contains("23:15:02  ▲ standard error  first") })
    }
}
