// SPDX-License-Identifier: Apache-2.0

import Telemetry
import Testing

@testable import Dashboard

/// The machine that is followed, in all panes; clicks in the picture; a frozen world's rates.
struct FollowedTests {
    private static let machine = 10_233

    /// A world in which a machine that awaits a read is followed, its newest hop being a given one.
    private static func snapshot(
        state: String,
        last station: RuntimeSnapshot.Station,
        on thread: String = "poller-1",
        packet: Int? = nil
    ) -> RuntimeSnapshot {
        var snapshot = Sample.snapshot(at: 103)
        var followed = RuntimeSnapshot.FollowedMachine(number: machine)
        followed.function = "fetch"
        followed.packet = packet
        followed.hops = [.init(station: station, thread: thread, sinceLastMicroseconds: 7)]
        snapshot.detail?.tempo.followed = followed
        let index = snapshot.detail?.machines.firstIndex { $0.number == machine } ?? 0
        snapshot.detail?.machines[index].state = state
        snapshot.detail?.machines[index].descriptor = state == "sleep" ? -1 : 17
        return snapshot
    }

    /// What is lit on the screen, from left to right and from above.
    private static func lit(_ snapshot: RuntimeSnapshot, focus: Character = "2") -> [String] {
        var model = Sample.model(120, 36, keys: [.character(focus)])
        _ = update(&model, .snapshot(snapshot))
        let frame = view(model)
        var words: [String] = []
        for row in 3..<35 {
            var word = ""
            for column in 0..<120 {
                guard let cell = frame.cell(column: column, row: row) else { continue }
                if cell.style == .followed {
                    word.unicodeScalars.append(cell.scalar)
                } else if !word.isEmpty {
                    words.append(word)
                    word = ""
                }
            }
            if !word.isEmpty { words.append(word) }
        }
        return words
    }

    @Test func `the port is lit where the operation waits`() {
        let armed = Self.lit(Self.snapshot(state: "read", last: .submitted, on: "worker-1"))
        #expect(armed.contains("armed»"), "\(armed)")
        #expect(armed.contains("»10233"))
        let timer = Self.lit(Self.snapshot(state: "sleep", last: .submitted, on: "worker-1"))
        #expect(timer.contains("timers»"), "\(timer)")
        let queued = Self.lit(Self.snapshot(state: "read", last: .performed))
        #expect(queued.contains("queued»"), "\(queued)")
    }

    @Test func `its packet is lit, waiting or taken`() throws {
        var snapshot = Self.snapshot(state: "read", last: .taken)
        let packet = try #require(snapshot.detail?.packets.first { !$0.isQueued })
        snapshot.detail?.tempo.followed?.packet = packet.number
        let taken = Self.lit(snapshot)
        #expect(taken.contains { $0.contains("»\(packet.number)") }, "\(taken)")
        var waiting = Self.snapshot(state: "read", last: .performed)
        waiting.detail?.packets.insert(
            .init(
                number: 99_001,
                operation: "read",
                descriptor: 17,
                result: "5 B",
                waitedMicroseconds: 3,
                isQueued: true
            ),
            at: 0
        )
        let lit = Self.lit(waiting)
        #expect(lit.contains { $0.contains("»99001") }, "\(lit)")
    }

    @Test func `the thread that works for it is lit, and the queues while it waits for one`() {
        #expect(Self.lit(Self.snapshot(state: "read", last: .taken), focus: "1").contains("P1»"))
        let queued = Self.lit(Self.snapshot(state: "queued", last: .placed))
        // At the worker that runs it in this sample, behind the queues, in the list of machines.
        #expect(queued == ["»10233", "»10233", "»10233"], "\(queued)")
        var running = Self.snapshot(state: "running", last: .began)
        let index = running.detail?.machines.firstIndex { $0.number == Self.machine } ?? 0
        running.detail?.machines[index].thread = "worker-1"
        #expect(Self.lit(running, focus: "1").contains("W1»"))
    }

    @Test func `the chosen row does not hide what is lit in it, with or without colours`() throws {
        for glyphs: Glyphs in [.unicode, .ascii] {
            var model = Sample.model(120, 36, glyphs: glyphs, keys: [.character("4")])
            _ = update(&model, .snapshot(Self.snapshot(state: "read", last: .submitted)))
            let index = try #require(model.rows.index(of: .machine(Self.machine)))
            let above = model.rows.machines.count - 1 - index
            for key in [.end] + [Key](repeating: .up, count: above) {
                _ = update(&model, .key(key))
            }
            let frame = view(model)
            let row = try #require(
                frame.lines.lastIndex { $0.contains("\(glyphs.followed)10233") }
            )
            let styles = (0..<120).compactMap { frame.cell(column: $0, row: row)?.style }
            #expect(styles.count { $0 == .followed } == 6)
            #expect(styles.contains(.selected))
        }
    }

    @Test func `before its next hop, the held one or the last one tells where it is`() {
        func lit(_ station: RuntimeSnapshot.Station, isHeld: Bool) -> [String] {
            var snapshot = Self.snapshot(state: "read", last: .began)
            snapshot.detail?.tempo.followed?.hops = []
            let hop = RuntimeSnapshot.HopRow(
                station: station,
                thread: "poller-1",
                machine: Self.machine,
                sentence: ""
            )
            snapshot.detail?.tempo.held = isHeld ? [hop] : []
            snapshot.detail?.tempo.last = isHeld ? nil : hop
            return Self.lit(snapshot, focus: "1")
        }
        #expect(lit(.taken, isHeld: true).contains("queued»"))
        #expect(lit(.taken, isHeld: false).contains("P1»"))
        #expect(lit(.placed, isHeld: true).contains("P1»"))
        #expect(lit(.performed, isHeld: false).contains("queued»"))
    }

    @Test(arguments: [(80, 24, false), (120, 36, true), (200, 60, true)])
    func `the picture tells the story, and with room also what is held`(
        columns: Int,
        rows: Int,
        tellsBoth: Bool
    ) {
        var model = Sample.model(columns, rows, keys: [.character("p")])
        var snapshot = Self.snapshot(state: "read", last: .submitted)
        snapshot.detail?.tempo.isPaused = true
        snapshot.detail?.tempo.heldCount = 1
        snapshot.detail?.tempo.held = [
            .init(station: .placed, thread: "poller-1", machine: 7, sentence: "")
        ]
        _ = update(&model, .snapshot(snapshot))
        let lines = view(model).lines
        #expect(lines.contains { $0.contains("submitted poller-1") })
        #expect(lines.contains { $0.contains("1 hop is held; the next to pass:") } == tellsBoth)
        #expect(lines.contains { $0.contains("placed #7") } == tellsBoth)
    }

    // MARK: Choosing

    /// Rows of machines in these states, with these descriptors, numbered from 1.
    ///
    /// The accepting one has seen the most threads, the last one is a client's.
    private static func world(_ states: [(String, Int)]) -> RuntimeSnapshot {
        var snapshot = Sample.snapshot(at: 103)
        snapshot.detail?.tempo.last = nil
        snapshot.detail?.machines = zip(1..., states).map { number, state in
            let isClient = number == states.count
            return RuntimeSnapshot.MachineRow(
                number: number,
                function: isClient ? "fetch" : "serve",
                state: state.0,
                descriptor: state.1,
                ageMicroseconds: 10,
                sinceMicroseconds: 5,
                runningMicroseconds: 1,
                queuedMicroseconds: 1,
                waitingMicroseconds: 3,
                hops: state.0 == "accept" ? 9 : 1,
                thread: "worker-1",
                site: "Workload/Fanout\(isClient ? "Client" : "Server").swift:41"
            )
        }
        return snapshot
    }

    @Test(arguments: [
        ([("accept", 4), ("suspended", -1), ("read", 17), ("sleep", -1)], 4),
        ([("accept", 4), ("suspended", -1), ("read", 17)], 3),
        ([("accept", 4), ("suspended", -1), ("running", -1)], 3),
        ([("suspended", -1), ("accept", 4)], 2),
    ])
    func `before any hop a client is followed, and rather anybody than a listener`(
        states: [(String, Int)],
        chosen: Int
    ) {
        for keys: [Key] in [[.character("p")], [.character("1")]] {
            var model = Sample.model(120, 36, keys: keys)
            _ = update(&model, .snapshot(Self.world(states)))
            let effects = update(&model, .key(.character("f")))
            #expect(effects == [.command(.follow(machine: chosen))])
        }
    }

    @Test func `a hop counts as a step where the world is paused only`() {
        var model = Sample.model(120, 36)
        var snapshot = Sample.snapshot(at: 103)
        snapshot.detail?.tempo.passed = 7
        _ = update(&model, .snapshot(snapshot))
        #expect(model.hopsStepped == 0)
        snapshot.detail?.tempo.isPaused = true
        _ = update(&model, .snapshot(snapshot))
        #expect(model.hopsStepped == 7)
    }

    // MARK: Clicks

    @Test(arguments: [(60, 20), (80, 24), (120, 36), (200, 60)])
    func `a click on a station of the picture opens its pane`(columns: Int, rows: Int) throws {
        for (station, pane) in [
            (PictureStation.userCode, Pane.machines), (.machine, .machines),
            (.operation, .machines), (.kernel, .port), (.port, .port), (.pollers, .pollers),
            (.queues, .workers), (.workers, .workers),
        ] {
            var model = Sample.model(columns, rows, keys: [.character("p")])
            Self.click(station.title, in: &model)
            #expect(model.overlay == nil, "\(station)")
            #expect(model.focus == pane, "\(station)")
        }
        var model = Sample.model(columns, rows, keys: [.character("p")])
        Self.click(PictureStation.placement.title, in: &model)
        #expect(model.overlay == .knobs(.placement))
    }

    @Test func `a click on the story opens the machine that it tells of`() {
        var model = Sample.model(120, 36, keys: [.character("p")])
        _ = update(&model, .snapshot(Self.snapshot(state: "read", last: .submitted)))
        Self.click("submitted", in: &model)
        guard case .detail(let detail) = model.overlay else {
            Issue.record("No detail view")
            return
        }
        #expect(detail.id == .machine(Self.machine))
    }

    private static func click(_ text: String, in model: inout Model) {
        for (row, line) in view(model).lines.enumerated().dropFirst(3) {
            guard let range = line.firstRange(of: text) else { continue }
            let column = line.distance(from: line.startIndex, to: range.lowerBound)
            _ = update(&model, .mouse(MouseEvent(kind: .press, column: column, row: row)))
            return
        }
        Issue.record("\(text) is not on the screen")
    }

    // MARK: Frozen

    @Test func `in a frozen world every rate is nothing, and the counts stay`() {
        var model = Sample.model(120, 36)
        #expect(model.snapshot?.detail?.rates.submittedPerSecond ?? 0 > 0)
        var snapshot = Sample.snapshot(at: 103)
        snapshot.detail?.tempo.isPaused = true
        let counts = (snapshot.detail?.rates.resumed, snapshot.operations)
        _ = update(&model, .snapshot(snapshot))
        let frozen = model.snapshot
        #expect(frozen?.detail?.rates.submittedPerSecond == 0)
        #expect(frozen?.detail?.rates.resumed == counts.0)
        #expect(frozen?.operations == counts.1)
        #expect(frozen?.requests.perSecond == 0)
        #expect(frozen?.detail?.pollers.allSatisfy { $0.packetsPerSecond == 0 } == true)
        #expect(frozen?.detail?.workers.allSatisfy { $0.itemsPerSecond == 0 } == true)
        #expect(frozen?.detail?.functions.allSatisfy { $0.donePerSecond == 0 } == true)
        #expect(view(model).lines[1].contains("submit    0/s"))
    }
}
