// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// However the command ends, the terminal is as it was: modes of the screen and of the line.
@Suite struct CrashMatrixTests {
    private static let environment = [
        "TERM": "xterm-256color", "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin",
    ]

    @Test(arguments: [
        (SIGINT, 0), (SIGTERM, 143), (SIGQUIT, 131), (SIGHUP, 129), (SIGILL, 132), (SIGTRAP, 133),
        (SIGABRT, 134), (SIGBUS, 135), (SIGFPE, 136), (SIGSEGV, 139),
    ])
    func `a signal gives the terminal back`(number: Int32, status: Int) throws {
        let process = try pooltop()
        process.signal(number)
        #expect(try process.awaitEnd() == status)
        expectWhole(process)
        let isCrash = [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV].contains(number)
        #expect(Self.behindScreen(process).contains("pooltop crashed: SIG") == isCrash)
    }

    @Test func `q gives the terminal back`() throws {
        let process = try pooltop()
        process.type("q")
        #expect(try process.awaitEnd() == 0)
        expectWhole(process)
    }

    @Test(
        arguments: [
            ("fatalError", 132, "SIGILL"), ("trap", 132, "SIGILL"), ("overflow", 139, "SIGSEGV"),
            ("abort", 134, "SIGABRT"),
        ],
        ["main", "worker"]
    )
    func `a crash gives the terminal back and then says what it was`(
        way: (name: String, status: Int, signal: String),
        thread: String
    ) throws {
        let course = ChildProcess.built("crash-course").path
        let process = try TerminalProcess(
            [course, way.name, thread],
            environment: Self.environment
        )
        #expect(try process.awaitEnd() == way.status)
        expectWhole(process)
        let said = Self.behindScreen(process)
        #expect(said.contains("captured line 1\r\ncaptured line 2\r\ncaptured line 3\r\n"))
        let name = thread == "main" ? "crash-course" : "worker-1"
        #expect(said.contains("pooltop crashed: \(way.signal) in the thread \(name)."))
        #expect(said.contains("a sentence about the crash") == (way.name == "fatalError"))
        #expect(!said.contains("Press space"))
    }

    private func pooltop() throws -> TerminalProcess {
        let process = try TerminalProcess(
            [ChildProcess.built("pooltop").path, "idle"],
            environment: Self.environment
        )
        // The end of a frame that shows a snapshot.
        try process.await("\u{1B}[?2026l", from: process.await("idle"))
        return process
    }

    private func expectWhole(_ process: TerminalProcess) {
        let log = TerminalModeLog(process.output)
        #expect(log.seen.isSuperset(of: [25, 1000, 1006, 1049, 2004, 2026]))
        #expect(log.left == [])
        #expect(!log.isKeypadOn)
        #expect(process.modes == process.modesBefore)
    }

    /// What was written after the screen was left.
    private static func behindScreen(_ process: TerminalProcess) -> String {
        process.text.components(separatedBy: "\u{1B}[?1049l").last ?? ""
    }
}
