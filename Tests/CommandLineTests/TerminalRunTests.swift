// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// The dashboard on a pseudo-terminal, as a person would use it.
@Suite struct TerminalRunTests {
    private static let environment = [
        "TERM": "xterm-256color", "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin",
    ]
    private static let pooltop = ChildProcess.built("pooltop").path

    @Test func `stopped by Ctrl-Z it gives the terminal back, and fg takes it again`() throws {
        // The shell continues after the stop, as an interactive one shows its prompt.
        let script =
            "set -m; '\(Self.pooltop)' idle; stty; echo stopped; sleep 2; fg; stty; echo over"
        let start = ContinuousClock.now
        let process = try TerminalProcess(
            ["/bin/bash", "--norc", "-c", script],
            environment: Self.environment,
            columns: 120,
            rows: 36
        )
        try process.await("\u{1B}[?2026l", from: process.await("idle"))
        process.type("\u{1A}")
        // The modes are read while the shell has the terminal.
        let stopped = try process.await("stopped")
        let log = TerminalModeLog(Array(process.output[..<stopped]))
        #expect(log.left == [])
        #expect(log.seen.contains(1049))
        let second = try process.await("\u{1B}[?1049h", from: stopped)
        #expect(TerminalModeLog(Array(process.output[..<second])).left.contains(1049))
        try process.await("Continued", from: second)
        // The clock did not go on meanwhile: the two seconds are missing from it.
        var screen = ScreenEmulator(columns: 120, rows: 36)
        screen.feed(Array(process.output[second...]))
        let clock = try #require(screen.lines[0].split(separator: ":").last.flatMap { Int($0) })
        #expect(.seconds(clock + 2) <= start.duration(to: .now))
        process.type("q")
        try process.await("over", from: second)
        #expect(try process.awaitEnd() == 0)
        #expect(TerminalModeLog(process.output).left == [])
        #expect(process.modes == process.modesBefore)
        #expect(!process.text.contains("-icanon"))
        #expect(!process.text.contains("-echo"))
    }

    @Test func `a terminal that reads nothing does not keep keys from being answered`() throws {
        let process = try TerminalProcess(
            [Self.pooltop, "fanout", "--clients", "50"],
            environment: Self.environment,
            columns: 200,
            rows: 60
        )
        try process.await("fanout")
        // Each repaint is several kilobytes; a pseudo-terminal holds some and then blocks.
        for _ in 0..<30 { process.type("\u{0C}?") }
        process.type("q")
        // It ends although nobody has read: the frames were dropped, and q was not.
        #expect(try process.awaitEndUnread() == 0)
        #expect(process.modes == process.modesBefore)
    }

    @Test func `the mouse and colours can be left alone`() throws {
        var environment = Self.environment
        environment["NO_COLOR"] = "1"
        let process = try TerminalProcess(
            [Self.pooltop, "idle", "--no-mouse"],
            environment: environment
        )
        try process.await("\u{1B}[?2026l", from: process.await("idle"))
        process.type("q")
        #expect(try process.awaitEnd() == 0)
        #expect(TerminalModeLog(process.output).seen.isDisjoint(with: [1000, 1002, 1003, 1006]))
        #expect(!process.text.contains(/\x1B\[(3[0-7]|38;[0-9;]*)m/))
    }

    @Test func `a storm of sizes is survived`() throws {
        let process = try TerminalProcess([Self.pooltop, "idle"], environment: Self.environment)
        try process.await("idle")
        let seed = UInt64.random(in: 0...UInt64.max)
        print("Seed of the storm: \(seed)")
        var random = SeededRandom(seed: seed)
        for _ in 0..<200 {
            process.resize(columns: 1 + random.below(300), rows: 1 + random.below(100))
            process.read()
        }
        process.resize(columns: 100, rows: 30)
        process.read()
        let settled = process.output.count
        // A full frame begins by clearing the screen, and is drawn for the last size in the end.
        process.type("\u{0C}")
        try process.await("\u{1B}[?2026l", from: settled)
        process.type("q")
        #expect(try process.awaitEnd() == 0, "seed \(seed)")
        #expect(TerminalModeLog(process.output).left == [])
        // The shell's screen is left alone: ncurses has kept nothing back for the end.
        let after = process.text.components(separatedBy: "\u{1B}[?1049l").last ?? ""
        #expect(!after.contains(/\x1B\[[0-9;]*H/))
    }

    @Test(arguments: [
        (["TERM": ""], "The variable TERM is not set"), ([:], "The variable TERM is not set"),
        (["TERM": "bogus"], "A terminal of type \"bogus\" is not known"),
        (["TERM": "dumb"], "A terminal of type \"dumb\" is not known or has no full screen"),
    ])
    func `without a screen one sentence says what to do`(
        environment: [String: String],
        sentence: String
    ) throws {
        let process = try TerminalProcess([Self.pooltop, "idle"], environment: environment)
        #expect(try process.awaitEnd() == 1)
        #expect(process.text.contains(sentence))
        #expect(process.text.split(separator: "\r\n").count == 1)
        #expect(!process.text.contains("\u{1B}"))
        #expect(process.modes == process.modesBefore)
    }

    @Test(arguments: ["xterm", "tmux", "tmux-256color", "screen", "linux", "vt100"])
    func `other terminals are left as they were`(type: String) throws {
        var environment = Self.environment
        environment["TERM"] = type
        let process = try TerminalProcess([Self.pooltop, "idle"], environment: environment)
        try process.await("idle")
        process.type("q")
        #expect(try process.awaitEnd() == 0)
        #expect(TerminalModeLog(process.output).left == [])
        #expect(process.modes == process.modesBefore)
    }
}
