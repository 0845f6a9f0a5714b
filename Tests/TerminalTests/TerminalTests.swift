// SPDX-License-Identifier: Apache-2.0

import Dashboard
import Glibc
import Testing

@testable import Terminal

/// All on a pseudo-terminal; one after the other, since ncurses has one screen a process.
@Suite(.serialized)
struct TerminalTests {
    private let tty = PseudoTerminal()

    @Test func `the alternate screen is entered with the first frame and left in the end`() throws {
        let before = tty.modes
        let session = try session()
        #expect(tty.read() == "")
        session.enter()
        #expect(tty.modes != before)
        try session.paint(frame("3"))
        let start = tty.read()
        #expect(start.contains("\u{1B}[?1049h"))
        #expect(start.contains("\u{1B}[?25l"))
        #expect(start.contains("Workers"))
        session.leave()
        let end = tty.read()
        #expect(end.contains("\u{1B}[?1049l"))
        #expect(end.contains("\u{1B}[?25h") || end.contains("\u{1B}[?12l\u{1B}[?25h"))
        #expect(tty.modes == before)
        session.leave()
        #expect(tty.read() == "")
    }

    @Test func `a frame is one write inside of synchronized output`() throws {
        let session = try session()
        session.enter()
        for (count, key) in "1234?".enumerated() {
            try session.paint(frame(key))
            let bytes = tty.read()
            #expect(bytes.hasPrefix("\u{1B}[?2026h"))
            #expect(bytes.hasSuffix("\u{1B}[?2026l"))
            #expect(session.statistics.writes == count + 1)
            #expect(session.statistics.painted == count + 1)
        }
    }

    @Test func `a frame that is shown already writes nothing`() throws {
        let session = try session()
        session.enter()
        try session.paint(frame("1"))
        _ = tty.read()
        try session.paint(frame("1"))
        #expect(tty.read() == "")
        #expect(session.statistics.writes == 1)
        session.forget()
        try session.paint(frame("1"))
        #expect(tty.read().contains("Pollers"))
    }

    @Test func `a change writes less than the whole screen`() throws {
        let session = try session()
        session.enter()
        try session.paint(frame("1"))
        let all = tty.read().utf8.count
        try session.paint(frame("2"))
        let change = tty.read().utf8.count
        #expect(change > 0)
        #expect(change < all)
    }

    @Test func `frames are dropped while the terminal does not read, then painting goes on`() throws
    {
        let session = try session()
        session.enter()
        var rounds = 0
        while session.statistics.dropped == 0, rounds < 10_000 {
            session.forget()
            try session.paint(frame(rounds.isMultiple(of: 2) ? "1" : "2"))
            rounds += 1
        }
        #expect(session.statistics.dropped == 1)
        while session.writer.isBehind {
            _ = tty.read()
            try session.writer.flush()
        }
        _ = tty.read()
        session.forget()
        try session.paint(frame("4"))
        #expect(tty.read().contains("State machines"))
        #expect(session.statistics.dropped == 1)
    }

    @Test func `what cannot show a screen is told before anything is written`() throws {
        var options = TerminalOptions()
        options.capturesErrors = false
        options.type = "no-such-terminal"
        #expect(throws: TerminalError.unknownTerminalType("no-such-terminal")) {
            try TerminalSession(input: tty.terminal, output: tty.terminal, options: options)
        }
        options.type = ""
        #expect(throws: TerminalError.noTerminalType) {
            try TerminalSession(input: tty.terminal, output: tty.terminal, options: options)
        }
        options.type = "dumb"
        #expect(throws: TerminalError.unknownTerminalType("dumb")) {
            try TerminalSession(input: tty.terminal, output: tty.terminal, options: options)
        }
        var pipes: [Int32] = [0, 0]
        #expect(unsafe pipe(&pipes) == 0)
        #expect(throws: TerminalError.notATerminal) {
            try TerminalSession(input: tty.terminal, output: pipes[1], options: options)
        }
        pipes.forEach { close($0) }
        #expect(tty.read() == "")
    }

    @Test func `keys are told apart`() throws {
        let session = try session()
        session.enter()
        tty.type("q+\t\u{1B}[Z\u{1B}OA\u{1B}OB\u{1B}[5~\u{1B}[6~\u{1B}OP\u{1B}[21~\r\u{7F}")
        let keys: [Key] = [
            .character("q"), .character("+"), .tab, .backTab, .up, .down, .pageUp, .pageDown,
            .function(1), .function(10), .enter, .backspace,
        ]
        #expect(session.readInput() == keys.map(InputEvent.key))
        #expect(session.inputUndecidedUntil == nil)
        tty.type("\u{1B}")
        #expect(session.readInput() == [])
        #expect(session.inputUndecidedUntil != nil)
    }

    @Test func `the mouse is asked for only where there is one and it is wanted`() throws {
        var options = TerminalOptions()
        for (type, isWanted, isOn) in [
            ("xterm-256color", true, true), ("xterm-256color", false, false),
            ("vt100", true, false),
        ] {
            options.mouse = isWanted
            let session = try session(options, type: type)
            session.enter()
            try session.paint(frame("1"))
            #expect(tty.read().contains("\u{1B}[?1000h\u{1B}[?1006h") == isOn)
            session.leave()
            #expect(tty.read().contains("\u{1B}[?1006l\u{1B}[?1000l") == isOn)
        }
    }

    @Test func `a paste is marked on entering and no more after leaving`() throws {
        let session = try session()
        for _ in 0..<2 {
            session.enter()
            try session.paint(frame("1"))
            #expect(tty.read().contains("\u{1B}[?2004h"))
            session.leave()
            #expect(tty.read().contains("\u{1B}[?2004l"))
        }
    }

    @Test(arguments: [
        "xterm", "xterm-256color", "tmux", "tmux-256color", "screen", "linux", "vt100",
    ])
    func `frames are painted on`(type: String) throws {
        var options = TerminalOptions()
        options.type = type
        options.capturesErrors = false
        let session = try TerminalSession(
            input: tty.terminal,
            output: tty.terminal,
            options: options
        )
        session.enter()
        try session.paint(frame("1"))
        session.leave()
        #expect(tty.read().contains("Pollers"))
    }

    @Test(arguments: [("vt100", true), ("linux", true), ("xterm-256color", false)])
    func `a terminal with one screen is left with an empty one`(
        type: String,
        isCleared: Bool
    ) throws {
        let session = try session(type: type)
        session.enter()
        try session.paint(frame("1"))
        _ = tty.read()
        session.leave()
        #expect(tty.read().hasSuffix("\u{1B}[H\u{1B}[J") == isCleared)
    }

    @Test func `without colour no colour is written`() throws {
        var options = TerminalOptions()
        options.color = false
        let plain = try session(options)
        plain.enter()
        try plain.paint(frame("1"))
        plain.leave()
        #expect(!tty.read().contains("[38;5"))
    }

    private func session(
        _ options: TerminalOptions = .init(),
        type: String = "xterm-256color"
    ) throws -> TerminalSession {
        var options = options
        options.type = type
        options.capturesErrors = false
        return try TerminalSession(input: tty.terminal, output: tty.terminal, options: options)
    }

    /// A frame that looks different after each key.
    private func frame(_ key: Character) -> Frame {
        var model = Model(size: Size(columns: 80, rows: 24), glyphs: .ascii)
        _ = update(&model, .key(.character(key)))
        return view(model)
    }
}
