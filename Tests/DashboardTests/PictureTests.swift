// SPDX-License-Identifier: Apache-2.0

import Telemetry
import Testing

@testable import Dashboard

struct PictureTests {
    @Test(arguments: [(40, 15), (60, 20), (80, 24), (120, 36), (200, 60)])
    func `the picture, running, held and followed`(columns: Int, rows: Int) throws {
        func screens(_ glyphs: Glyphs, _ suffix: String) -> [GoldenFile.Screen] {
            let live = Sample.model(columns, rows, glyphs: glyphs, keys: [.character("p")])
            var held = live
            _ = update(&held, .snapshot(Self.held()))
            var followed = live
            _ = update(&followed, .snapshot(Self.followed()))
            return [("live", live), ("held", held), ("followed", followed)].map {
                .init(name: $0.0 + suffix, rows: view($0.1).lines)
            }
        }
        try GoldenFile(name: "picture-\(columns)x\(rows)").expect(
            screens(.unicode, "") + screens(.ascii, ", ASCII")
        )
    }

    @Test func `boxes of the loop share no cell, on any screen`() throws {
        for columns in 80...240 {
            for rows in 18...90 {
                let area = Rect(column: 0, row: 3, columns: columns, rows: rows)
                let layout = try #require(PictureLayout(in: area))
                let boxes = layout.boxes.values + [layout.middle]
                for (index, box) in boxes.enumerated() {
                    #expect(box.column >= 0 && box.endColumn <= columns)
                    #expect(box.row >= 3 && box.endRow <= layout.legendRow)
                    for other in boxes.dropFirst(index + 1) {
                        let isApart =
                            box.endColumn <= other.column || other.endColumn <= box.column
                            || box.endRow <= other.row || other.endRow <= box.row
                        #expect(isApart, "\(columns)x\(rows): \(box) and \(other)")
                    }
                }
            }
        }
    }

    @Test func `a token moves on by a cell for each so many operations, and rests without them`() {
        let train = TokenTrain(ratePerSecond: 3912)
        #expect(train.worth == 1000)
        let first = train.cells(length: 6, passed: 12_000, ratePerSecond: 3912)
        #expect(first == [true, false, false, true, false, false])
        #expect(train.cells(length: 6, passed: 12_999, ratePerSecond: 3912) == first)
        let next = train.cells(length: 6, passed: 13_000, ratePerSecond: 3912)
        #expect(next == [false, true, false, false, true, false])
        #expect(!train.cells(length: 6, passed: 13_000, ratePerSecond: 0).contains(true))
        #expect(TokenTrain(ratePerSecond: 3).worth == 1)
    }

    @Test func `the badge says how fast the world goes, on every screen`() {
        var model = Sample.model(80, 24)
        func badge() -> String { view(model).lines[0] }
        #expect(badge().contains("LIVE"))
        #expect(
            update(&model, .key(.character("t"))) == [
                .command(.setTempo(microsecondsPerHop: 50_000))
            ]
        )
        #expect(badge().contains("HOP 50ms"))
        for _ in 0..<5 { _ = update(&model, .key(.character("t"))) }
        #expect(badge().contains("HOP 1s"))
        #expect(
            update(&model, .key(.character("T"))) == [
                .command(.setTempo(microsecondsPerHop: 250_000))
            ]
        )
        #expect(update(&model, .key(.character(" "))) == [.command(.setWorldPaused(true))])
        #expect(badge().contains("WORLD FROZEN"))
        #expect(update(&model, .key(.character("s"))) == [.command(.step)])
        _ = update(&model, .snapshot(Self.held()))
        #expect(badge().contains("STEP 3"))
        _ = update(&model, .key(.character("Z")))
        #expect(badge().contains("VIEW FROZEN STEP 3"))
        #expect(update(&model, .key(.character(" "))) == [.command(.setWorldPaused(false))])
    }

    @Test func `a frozen view stays, whatever comes, and its world runs on`() {
        var model = Sample.model(80, 24)
        _ = update(&model, .key(.character("Z")))
        var later = Sample.snapshot(at: 200)
        later.port.armed = 7
        _ = update(&model, .snapshot(later))
        #expect(model.snapshot?.port.armed == 391)
        // Hops go on unseen; only the badge tells the truth of now.
        let caption = view(model).lines[2]
        _ = update(&model, .snapshot(Self.held()))
        #expect(view(model).lines[2] == caption)
        #expect(view(model).lines[0].contains("VIEW FROZEN STEP 3"))
        later.elapsedSeconds = 201
        _ = update(&model, .key(.character("Z")))
        _ = update(&model, .snapshot(later))
        #expect(model.snapshot?.port.armed == 7)
    }

    @Test func `a frozen view says what stands, what a step does, and ends with the scenario`() {
        var model = Model(
            size: Size(columns: 80, rows: 24),
            glyphs: .unicode,
            scenarios: ["fanout", "timers"].map { name in
                ScenarioEntry(name: name, group: "", summary: "", whatToLookFor: "")
            }
        )
        func caption() -> String { view(model).lines[2] }
        _ = update(&model, .snapshot(Sample.snapshot()))
        _ = update(&model, .key(.character("Z")))
        #expect(caption().contains("The view is frozen; the world runs on."))
        _ = update(&model, .key(.character("Z")))
        _ = update(&model, .key(.character(" ")))
        _ = update(&model, .key(.character("Z")))
        #expect(caption().contains("The view is frozen, as the world is."))
        _ = update(&model, .key(.character("s")))
        #expect(caption().contains("One hop goes through; Z shows the world again."))
        #expect(update(&model, .key(.character("n"))) == [.command(.startScenario("timers"))])
        #expect(!model.isViewFrozen)
    }

    @Test func `a world that stands has a screen that goes on`() {
        var model = Sample.model(80, 24)
        var snapshot = Self.held()
        _ = update(&model, .snapshot(snapshot))
        #expect(view(model).lines[2].contains("poller-1 took packet #88121"))
        // The next hop is shown at once, at the same world time.
        snapshot.detail?.tempo.passed += 1
        snapshot.detail?.tempo.last?.sentence = "worker-1 runs fetch #10233 on"
        _ = update(&model, .snapshot(snapshot))
        #expect(view(model).lines[2].contains("worker-1 runs fetch #10233 on."))
    }

    @Test func `f follows the chosen machine, and lets it go again`() {
        var model = Sample.model(80, 24, keys: [.character("4"), .down])
        #expect(update(&model, .key(.character("f"))) == [.command(.follow(machine: 10_234))])
        _ = update(&model, .key(.up))
        _ = update(&model, .snapshot(Self.followed()))
        #expect(update(&model, .key(.character("f"))) == [.command(.follow(machine: nil))])
    }

    // MARK: Worlds

    private static func held() -> RuntimeSnapshot {
        var snapshot = Sample.snapshot(at: 103)
        var tempo = RuntimeSnapshot.Tempo()
        tempo.isPaused = true
        tempo.steps = 3
        tempo.isStanding = true
        tempo.realSeconds = 140
        tempo.passed = 41
        tempo.last = .init(
            station: .taken,
            thread: "poller-1",
            machine: 10_233,
            sentence: "poller-1 took packet #88121: read on fd 17, 312 B, for fetch #10233"
        )
        tempo.held = [
            .init(station: .placed, thread: "poller-1", machine: 10_233, sentence: ""),
            .init(station: .began, thread: "worker-1", machine: 12, sentence: ""),
        ]
        tempo.heldCount = 2
        snapshot.detail?.tempo = tempo
        return snapshot
    }

    private static func followed() -> RuntimeSnapshot {
        var snapshot = Sample.snapshot(at: 103)
        var followed = RuntimeSnapshot.FollowedMachine(number: 10_233)
        followed.function = "fetch"
        followed.awaitMicroseconds = 150_400
        followed.threadMicroseconds = 212
        followed.hops = [
            .init(station: .began, thread: "worker-1", sinceLastMicroseconds: 0),
            .init(station: .submitted, thread: "worker-1", sinceLastMicroseconds: 180),
            .init(station: .ready, thread: "poller-1", sinceLastMicroseconds: 150_100),
            .init(station: .performed, thread: "poller-1", sinceLastMicroseconds: 12),
            .init(station: .taken, thread: "poller-1", sinceLastMicroseconds: 9),
            .init(station: .placed, thread: "poller-1", sinceLastMicroseconds: 20),
            .init(station: .began, thread: "worker-2", sinceLastMicroseconds: 31),
        ]
        snapshot.detail?.tempo.followed = followed
        return snapshot
    }
}
