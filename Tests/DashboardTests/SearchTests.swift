// SPDX-License-Identifier: Apache-2.0

import Telemetry
import TestSupport
import Testing

@testable import Dashboard

/// The filter of the state machines, as it is typed.
struct SearchTests {
    private static let row = RuntimeSnapshot.MachineRow(
        number: 17,
        function: "fetchPage",
        state: "read",
        descriptor: 12,
        ageMicroseconds: 60_000,
        sinceMicroseconds: 1500,
        runningMicroseconds: 40,
        queuedMicroseconds: 200,
        waitingMicroseconds: 59_000,
        hops: 6,
        thread: "worker-1",
        site: "Workload/FanoutClient.swift:84"
    )

    @Test(arguments: [
        ("", true), ("   ", true), ("fetch", true), ("FETCH worker", true), ("nothing", false),
        ("state:read", true), ("state:waiting", true), ("state:running", false),
        ("fn:page", true), ("fn:serve", false), ("-fn:serve", true), ("!fn:page", false),
        ("thread:worker-1", true), ("-thread:worker-1", false), ("at:client", true),
        ("id:17", true), ("id:#17", true), ("id:1", false), ("#17", true),
        ("age>50ms", true), ("age>60ms", false), ("age<60ms", false), ("age<0.061s", true),
        ("for>1ms", true), ("for>1.5ms", false), ("ran<41us", true), ("queued>199us", true),
        ("waited>50", true), ("hops>5", true), ("hops<6", false), ("fd>11", true),
        ("state:waiting age>50ms fn:fetch", true), ("state:waiting age>50ms fn:serve", false),
        // What is not finished yet asks for nothing.
        ("state:", true), ("age>", true), ("-", true), ("fetch -", true),
    ])
    func `a filter is what it says`(text: String, matches: Bool) throws {
        #expect(try MachineFilter(parsing: text).matches(Self.row) == matches)
    }

    @Test(arguments: [
        ("status:read", "'status:' is not known; there are state: fn: thread: at: id:"),
        ("size>5", "'size' is no number; there are age for ran queued waited hops fd"),
        ("age>5h", "'h' is no unit of time: us, ms, s"), ("age>many", "'many' is no number"),
        ("hops>5ms", "'hops' has no unit"), (":", "'' is no"),
    ])
    func `what it does not understand it says`(text: String, sentence: String) {
        let fault = #expect(throws: MachineFilter.Fault.self) {
            try MachineFilter(parsing: text)
        }
        if text != ":" { #expect(fault?.sentence == sentence) }
    }

    @Test func `whatever is typed, it is a filter or a short sentence`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("Seed of the filters: \(seed)")
        var random = SeededRandom(seed: seed)
        let pieces = Array("state:fn-!<>.µ9 0agehops#sm\u{301}é")
        for _ in 0..<5000 {
            let length = random.below(24)
            let text = String((0..<length).map { _ in pieces[random.below(pieces.count)] })
            do throws(MachineFilter.Fault) {
                _ = try MachineFilter(parsing: text).matches(Self.row)
            } catch {
                #expect(!error.sentence.isEmpty && error.sentence.count < 120, "seed \(seed)")
            }
        }
    }

    @Test func `each letter asks the runtime, and shows at once what is known`() throws {
        var model = Sample.model(120, 36, keys: [.character("/")])
        let all = model.rows.machines.count
        #expect(model.focus == .machines)
        var commands: [Effect] = []
        for letter in "fn:serve" { commands += update(&model, .key(.character(letter))) }
        #expect(commands.count == 8)
        let filter = try MachineFilter(parsing: "fn:serve")
        #expect(commands.last == .command(.searchMachines(MachineSearch(filter: filter))))
        #expect(model.rows.machines.allSatisfy { $0.function == "serve" })
        #expect((1..<all).contains(model.rows.machines.count))
        #expect(view(model).lines[35].hasPrefix(" /fn:serve"))
        // Letters that are keys elsewhere are letters here.
        _ = update(&model, .key(.character("q")))
        #expect(model.search?.text == "fn:serveq")
        #expect(model.rows.machines.isEmpty)
        _ = update(&model, .key(.backspace))
        _ = update(&model, .key(.enter))
        #expect(view(model).lines.contains { $0.contains("State machines · /fn:serve") })
        #expect(
            update(&model, .key(.escape)) == [.command(.searchMachines(MachineSearch()))]
        )
        #expect(model.rows.machines.count == all)
    }

    @Test func `while the text means nothing the last filter stays, and it is said why`() {
        var model = Sample.model(120, 36, keys: "/age>5".map { Key.character($0) })
        let filter = model.search?.filter
        _ = update(&model, .key(.character("x")))
        #expect(model.search?.filter == filter)
        #expect(view(model).lines[35].contains("'x' is no unit of time: us, ms, s"))
        _ = update(&model, .key(.backspace))
        #expect(model.search?.fault == nil)
    }

    @Test func `it is said how many of how many were looked at`() {
        var model = Sample.model(120, 36, keys: "/fetch".map { Key.character($0) })
        var snapshot = Sample.snapshot(at: 103)
        snapshot.detail?.search = .init(looked: 400, matched: 12)
        _ = update(&model, .snapshot(snapshot))
        #expect(view(model).lines[35].hasSuffix(" 12 of 400 machines"))
        snapshot.machines.inFlight = 100_000
        snapshot.elapsedSeconds = 104
        snapshot.detail?.search = .init(looked: 8191, matched: 12)
        _ = update(&model, .snapshot(snapshot))
        #expect(view(model).lines[35].hasSuffix(" 12 of 8.1k looked at, 100k in flight"))
    }

    @Test func `a pinned machine stays in sight and marked, whatever the filter says`() {
        var model = Sample.model(120, 36, keys: [.character("4"), .end])
        let number = model.rows.machines[model.list(.machines).index].number
        let effects = update(&model, .key(.character("F")))
        #expect(effects == [.command(.searchMachines(MachineSearch(pinned: number)))])
        #expect(view(model).lines.contains { $0.contains("▶\(number)") })
        for letter in "/nowhere" { _ = update(&model, .key(.character(letter))) }
        #expect(model.rows.machines.map(\.number) == [number])
        _ = update(&model, .key(.escape))
        // It has no row for a while; then it has one again, and is the chosen one.
        var snapshot = Sample.snapshot(at: 104)
        let rows = snapshot.detail?.machines ?? []
        snapshot.detail?.machines = rows.filter { $0.number != number }
        _ = update(&model, .snapshot(snapshot))
        snapshot.elapsedSeconds = 105
        snapshot.detail?.machines = rows
        _ = update(&model, .snapshot(snapshot))
        #expect(model.rows.machines[model.list(.machines).index].number == number)
        #expect(
            update(&model, .key(.character("F"))) == [.command(.searchMachines(MachineSearch()))]
        )
    }
}
