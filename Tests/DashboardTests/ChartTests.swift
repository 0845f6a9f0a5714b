// SPDX-License-Identifier: Apache-2.0

import Telemetry
import Testing

@testable import Dashboard

struct ChartTests {
    @Test func `c opens and closes the chart, Enter the climber's numbers, Esc leads back`() {
        var model = Sample.model(80, 24, keys: [.character("c")])
        #expect(model.overlay == .chart)
        #expect(view(model).lines.last?.contains("Enter hill climbing") == true)
        _ = update(&model, .key(.enter))
        #expect(model.overlay == .climber(top: 0))
        #expect(view(model).lines.contains { $0.contains("-0.47") })
        _ = update(&model, .key(.escape))
        #expect(model.overlay == .chart)
        _ = update(&model, .key(.character("c")))
        #expect(model.overlay == nil)
    }

    @Test func `keys change the minimum while the chart is open`() {
        var model = Sample.model(80, 24, keys: [.character("c")])
        #expect(update(&model, .key(.character("+"))) == [.command(.setWorkerMinimum(3))])
        #expect(view(model).lines[2] == " workers: minimum 2 → 3")
    }

    @Test func `zooming ends at a quarter of a second and at ten seconds`() {
        var model = Sample.model(80, 24, keys: [.character("c")])
        for _ in 0..<9 { _ = update(&model, .key(.character(">"))) }
        #expect(view(model).lines.contains { $0.contains("0.25s a column") })
        for _ in 0..<9 { _ = update(&model, .key(.character("<"))) }
        #expect(view(model).lines.contains { $0.contains("10s a column") })
    }

    @Test func `a click on the gauge of the workers opens the chart`() throws {
        var model = Sample.model(80, 24)
        let row = try #require(view(model).lines.firstIndex { $0.contains("existing") })
        _ = update(&model, .mouse(MouseEvent(kind: .press, column: 50, row: row)))
        #expect(model.overlay == .chart)
        #expect(model.focus == .workers)
        _ = update(&model, .mouse(MouseEvent(kind: .press, column: 5, row: 0)))
        #expect(model.overlay == nil)
    }

    @Test(arguments: [1, 2, 7, 60, 900, 32_767])
    func `a chart of any number of threads has its goal and its top in sight`(count: Int) {
        var model = Model(size: Size(columns: 80, rows: 24), glyphs: .ascii)
        for tick in 0..<40 {
            var snapshot = Sample.snapshot(at: Double(tick) / 4)
            snapshot.workers.goal = count
            snapshot.workers.existing = count
            snapshot.workers.processing = count
            _ = update(&model, .snapshot(snapshot))
        }
        _ = update(&model, .key(.character("c")))
        let plot = view(model).lines.dropFirst(5).prefix(7).map { $0.dropFirst(8) }
        #expect(plot.contains { $0.contains("----------") })
        #expect(plot.contains { $0.contains("##########") })
    }
}
