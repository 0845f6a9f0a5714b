// SPDX-License-Identifier: Apache-2.0

import Telemetry
import Testing

@testable import Dashboard

/// Keys that change how the screen looks, and the one that takes a change back.
struct LooksTests {
    @Test func `a goes through the themes and around, at once and everywhere`() {
        for keys in [[], [Key.character("o")], [.character("?")], [.enter]] {
            var model = Sample.model(80, 24, keys: keys)
            var themes = [view(model).theme]
            for _ in Theme.allCases {
                _ = update(&model, .key(.character("a")))
                themes.append(view(model).theme)
            }
            #expect(themes == Theme.allCases + [.safe])
        }
    }

    @Test func `a change of the looks is to be kept, and nothing else is`() {
        var model = Sample.model(80, 24)
        let old = model.preferences
        var new = old
        new.theme = .dark
        #expect(update(&model, .key(.character("a"))) == [.keep(old: old, new: new)])
        #expect(update(&model, .key(.tab)) == [])
        #expect(update(&model, .key(.character("z"))) == [])
        #expect(update(&model, .snapshot(Sample.snapshot(at: 103))) == [])
        var sorted = new
        sorted.sorts[.pollers] = Sort(column: "id", isDescending: false)
        #expect(update(&model, .key(.character(">"))) == [.keep(old: new, new: sorted)])
        #expect(update(&model, .key(.character("<"))) == [.keep(old: sorted, new: new)])
        for key in ["b", "C", "K"] {
            #expect(update(&model, .key(.character(Character(key)))).count == 1)
        }
        #expect(model.preferences.isBig && model.preferences.isCalm)
        #expect(!model.preferences.showsCaptions)
    }

    @Test func `a model begins with what was kept`() {
        var kept = Preferences()
        kept.theme = .light
        kept.isBig = true
        kept.sorts[.workers] = Sort(column: "busy", isDescending: true)
        let model = Model(
            size: Size(columns: 80, rows: 24),
            glyphs: .unicode,
            preferences: kept
        )
        #expect(model.preferences == kept)
        #expect(model.list(.workers).sort == kept.sorts[.workers])
        #expect(view(model).theme == .light)
    }

    @Test func `where there are no colours the notice says so`() {
        var model = Model(size: Size(columns: 80, rows: 24), glyphs: .ascii, hasColors: false)
        _ = update(&model, .key(.character("a")))
        #expect(view(model).lines[2].hasSuffix("but this terminal shows no colours"))
    }

    @Test func `z shows the focused pane alone, Tab goes on, Esc comes back`() {
        var model = Sample.model(80, 24, keys: [.character("3"), .character("z")])
        #expect(view(model).lines[3].contains("3 Workers"))
        #expect(!view(model).lines.contains { $0.contains("Completion port") })
        _ = update(&model, .key(.tab))
        #expect(view(model).lines[3].contains("4 State machines"))
        _ = update(&model, .key(.escape))
        #expect(view(model).lines.contains { $0.contains("Completion port") })
    }

    @Test func `without captions only the scenario's sentence is missing`() {
        var model = Sample.model(80, 24)
        let sentence = view(model).lines[2]
        #expect(!sentence.isEmpty)
        _ = update(&model, .key(.character("C")))
        _ = update(&model, .snapshot(Sample.snapshot(at: 110)))
        #expect(view(model).lines[2].isEmpty)
        var snapshot = Sample.snapshot(at: 111)
        snapshot.diagnoses = ["Something is wrong."]
        _ = update(&model, .snapshot(snapshot))
        #expect(view(model).lines[2].contains("Something is wrong."))
    }

    @Test func `u takes changes back, the newest first`() {
        var model = Sample.model(80, 24, keys: [.character("3"), .character("+")])
        _ = update(&model, .key(.character("r")))
        #expect(update(&model, .key(.character("u"))) == [.command(.setPlacement("worker"))])
        #expect(update(&model, .key(.character("u"))) == [.command(.setWorkerMinimum(2))])
        #expect(view(model).lines[2] == " taken back: workers: minimum 3 → 2")
        #expect(update(&model, .key(.character("u"))) == [])
        #expect(view(model).lines[2] == " There is no change of a setting to take back.")
    }

    @Test func `a maximum taken back brings the minimum back that it had pushed down`() {
        var snapshot = Sample.snapshot()
        snapshot.workers.minimum = 4
        snapshot.workers.maximum = 4
        var model = Model(size: Size(columns: 80, rows: 24), glyphs: .unicode)
        _ = update(&model, .snapshot(snapshot))
        for key in [Key.character("o")] { _ = update(&model, .key(key)) }
        while model.overlay != .knobs(.workerMaximum) { _ = update(&model, .key(.down)) }
        #expect(update(&model, .key(.character("-"))) == [.command(.setWorkerMaximum(3))])
        snapshot.workers.minimum = 3
        snapshot.workers.maximum = 3
        snapshot.elapsedSeconds += 1
        _ = update(&model, .snapshot(snapshot))
        #expect(
            update(&model, .key(.character("u")))
                == [.command(.setWorkerMaximum(4)), .command(.setWorkerMinimum(4))]
        )
    }

    @Test func `a click on a key in the help presses it`() throws {
        for (name, column, expected) in [("C  K", 0, true), ("C  K", 3, false)] {
            var model = Sample.model(80, 60, keys: [.character("?")])
            let lines = view(model).lines
            let row = try #require(lines.firstIndex { $0.contains("│ \(name) ") })
            let start = try #require(lines[row].firstIndex(of: "C"))
            let place = lines[row].distance(from: lines[row].startIndex, to: start) + column
            _ = update(&model, .mouse(MouseEvent(kind: .press, column: place, row: row)))
            #expect(model.help == nil)
            #expect(model.preferences.showsCaptions != expected)
            #expect(model.preferences.isCalm != expected)
        }
    }

    @Test func `large figures get shorter before they are cut`() {
        var model = Sample.model(40, 15, keys: [.character("b")])
        let short = BigView(model: model).tiles.map(\.texts)
        #expect(short[0] == ["578"])
        var snapshot = Sample.snapshot(at: 103)
        snapshot.operations.inFlight = 123_456
        snapshot.operations.submitted += 123_456 - 578
        snapshot.port.queued = 3912
        _ = update(&model, .snapshot(snapshot))
        let long = BigView(model: model).tiles.map(\.texts)
        #expect(long[0] == ["123456", "123k"])
        #expect(long[1] == ["3912", "3.9k", "3k"])
    }
}
