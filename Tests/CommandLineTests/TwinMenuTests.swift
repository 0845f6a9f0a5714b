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
        try until("it runs", process) { $0[0].contains("nothread") && $0[0].contains("LIVE") }
        process.type("n")
        // The comparison opens by itself, with figures of the first turn.
        let twins = try until("the comparison", process) { lines in
            lines[0].contains("pooltop  twin") && lines.contains { $0.contains("Twins") }
                && lines.contains { $0.contains("runs, ") }
        }
        #expect(twins.contains { $0.contains("threads") })
        process.type("v")
        try until("its panes", process) { lines in !lines.contains { $0.contains("Twins") } }
        process.type("vn")
        let left = try until("the next one", process) { lines in
            lines[0].contains("pooltop  timers") && !lines.contains { $0.contains("Twins") }
        }
        #expect(left[1].contains("books"))
        process.type("N")
        try until("twins again", process) { lines in
            lines[0].contains("pooltop  twin") && lines.contains { $0.contains("runs, ") }
        }
        process.type("q")
        #expect(try process.awaitEnd() == 0)
        #expect(process.modes == process.modesBefore)
    }

    @discardableResult
    private func until(
        _ what: String,
        _ process: TerminalProcess,
        _ condition: ([String]) -> Bool
    ) throws -> [String] {
        var lines: [String] = []
        try eventually(what) {
            process.read()
            var screen = ScreenEmulator(columns: 120, rows: 36)
            screen.feed(process.output)
            lines = screen.lines
            return condition(lines)
        }
        return lines
    }
}
