// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// The scenario with processes of its own, reached and left by keys.
@Suite struct TwinMenuTests {
    @Test func `twins are reached from the scenario before, and left for the one behind`() throws {
        let process = try TerminalProcess(
            [ChildProcess.built("pooltop").path, "nothread", "--clients", "20", "--no-config"],
            environment: [
                "TERM": "xterm-256color", "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin",
            ],
            columns: 120,
            rows: 36
        )
        try process.awaitScreen("it runs") { $0[0].contains("nothread") && $0[0].contains("LIVE") }
        process.type("n")
        // The comparison opens by itself, with figures of the first turn.
        try process.awaitScreen("the comparison") { lines in
            lines[0].contains("pooltop  twin") && lines.contains { $0.contains("Twins") }
                && lines.contains { $0.contains("runs, ") }
                && lines.contains { $0.contains("threads") }
        }
        process.type("v")
        try process.awaitScreen("its panes") { lines in !lines.contains { $0.contains("Twins") } }
        process.type("vn")
        let left = try process.awaitScreen("the next one") { lines in
            lines[0].contains("pooltop  timers") && !lines.contains { $0.contains("Twins") }
        }
        #expect(left[1].contains("books"))
        process.type("N")
        try process.awaitScreen("twins again") { lines in
            lines[0].contains("pooltop  twin") && lines.contains { $0.contains("runs, ") }
        }
        process.type("q")
        #expect(try process.awaitEnd() == 0)
        #expect(process.modes == process.modesBefore)
    }
}
