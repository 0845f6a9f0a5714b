// SPDX-License-Identifier: Apache-2.0

import Telemetry
import Testing

@testable import Dashboard

/// The menu of scenarios, by keys and by mouse.
struct ScenarioMenuTests {
    private static let entries = (0..<30).map { number in
        var entry = ScenarioEntry(
            name: number == 3 ? "fanout" : "scenario-\(number)",
            group: number < 10 ? "The first ones" : "The others",
            summary: "What number \(number) is about.",
            whatToLookFor: String(repeating: "There is much to see here. ", count: 30)
        )
        entry.hints = [.init(key: "3 then +", effect: "more workers")]
        entry.variants = [
            .init(name: "calm", sentence: "Slowly."), .init(name: "wild", sentence: "Fast."),
        ]
        return entry
    }

    private static func model(_ columns: Int, _ rows: Int, keys: [Key] = []) -> Model {
        var model = Model(
            size: Size(columns: columns, rows: rows),
            glyphs: .unicode,
            scenarios: entries
        )
        _ = update(&model, .snapshot(Sample.snapshot()))
        for key in keys { _ = update(&model, .key(key)) }
        return model
    }

    @Test func `the menu opens at the scenario that runs, and Enter starts it anew`() {
        var model = Self.model(80, 24, keys: [.character("w")])
        #expect(view(model).lines.contains { $0.contains("● fanout") })
        #expect(view(model).lines.contains { $0.contains("What number 3 is about.") })
        #expect(update(&model, .key(.enter)) == [.command(.startScenario("fanout"))])
        #expect(model.overlay == nil)
        #expect(view(model).lines[2] == " fanout starts anew as soon as all of it has ended.")
    }

    @Test(arguments: [(40, 15), (80, 24), (120, 36), (200, 60)])
    func `every scenario can be reached, read to its end and started`(columns: Int, rows: Int) {
        for (index, entry) in Self.entries.enumerated() {
            var keys = [Key.character("w"), .home]
            keys += Array(repeating: .down, count: index)
            var model = Self.model(columns, rows, keys: keys)
            #expect(view(model).lines.contains { $0.contains(entry.name) })
            if columns < 64 { _ = update(&model, .key(.tab)) }
            #expect(view(model).lines.contains { $0.contains(entry.summary) })
            for _ in 0..<20 { _ = update(&model, .key(.pageDown)) }
            #expect(view(model).lines.contains { $0.contains("more workers") })
            #expect(view(model).lines.contains { $0.contains("Enter") })
            #expect(update(&model, .key(.enter)) == [.command(.startScenario(entry.name))])
        }
    }

    @Test func `n and N go through the scenarios from anywhere, and add up`() {
        for key in [Key.character("o"), .character("?"), .enter, .character("w")] {
            var model = Self.model(80, 24, keys: [key])
            let names = ["n", "n", "N", "N", "N"].map { key -> [Effect] in
                update(&model, .key(.character(Character(key))))
            }
            let expected = [4, 5, 4, 3, 2].map { Self.entries[$0].name }
            #expect(names == expected.map { [.command(.startScenario($0))] })
        }
    }

    @Test func `a click chooses, a second one starts, the wheel moves`() throws {
        var model = Self.model(80, 24, keys: [.character("w")])
        let row = try #require(view(model).lines.firstIndex { $0.contains("scenario-5") })
        let press = Message.mouse(MouseEvent(kind: .press, column: 6, row: row))
        #expect(update(&model, press) == [])
        #expect(view(model).lines.contains { $0.contains("What number 5 is about.") })
        _ = update(&model, .mouse(MouseEvent(kind: .wheelDown, column: 6, row: row)))
        #expect(view(model).lines.contains { $0.contains("What number 6 is about.") })
        _ = update(&model, .mouse(MouseEvent(kind: .wheelUp, column: 6, row: row)))
        _ = update(&model, .mouse(MouseEvent(kind: .wheelDown, column: 60, row: row)))
        #expect(!view(model).lines.contains { $0.contains("What number 5 is about.") })
        let again = try #require(view(model).lines.firstIndex { $0.contains("scenario-5") })
        let second = Message.mouse(MouseEvent(kind: .press, column: 6, row: again))
        #expect(update(&model, second) == [.command(.startScenario("scenario-5"))])
    }

    @Test func `what had been changed by hand is said when the next one runs`() {
        var model = Self.model(160, 36, keys: [.character("3"), .character("+")])
        var snapshot = Sample.snapshot(at: 103)
        snapshot.workers.minimum = 3
        _ = update(&model, .snapshot(snapshot))
        _ = update(&model, .key(.character("n")))
        snapshot.elapsedSeconds = 104
        _ = update(&model, .snapshot(snapshot))
        #expect(view(model).lines[2].contains("scenario-4 starts as soon as fanout has ended"))
        snapshot.elapsedSeconds = 105
        snapshot.scenario = "scenario-4"
        snapshot.detail?.scenario.run = 2
        snapshot.workers.minimum = 2
        _ = update(&model, .snapshot(snapshot))
        let sentence =
            "scenario-4 runs, with its own settings: workers: minimum 3 → 2."
        #expect(view(model).lines[2] == " \(sentence)")
        #expect(model.readings.errors.last?.text == sentence)
        // What is no longer there cannot be taken back.
        #expect(update(&model, .key(.character("u"))) == [])
    }

    @Test func `without a list the menu shows the scenario that runs`() {
        var model = Sample.model(80, 24, keys: [.character("w")])
        #expect(view(model).lines.contains { $0.contains("● fanout") })
        #expect(update(&model, .key(.character("n"))) == [])
    }
}
