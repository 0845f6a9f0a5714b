// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// One request of the scenario `one`, hop by hop, at the keyboard.
@Suite struct StepTests {
    @Test func `stepping tells each hop on the screen, and the log tells the same`() throws {
        let process = try TerminalProcess(
            [ChildProcess.built("pooltop").path, "one"],
            environment: [
                "TERM": "xterm-256color", "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin",
            ],
            columns: 160,
            rows: 50
        )
        try process.awaitScreen("it runs") { $0[0].contains("LIVE") }
        process.type(" ")
        try process.awaitScreen("the world stands") { $0[0].contains("WORLD FROZEN") }
        var captions: [String] = []
        for step in 1...24 {
            process.type("s")
            // The badge counts the steps that a hop has taken.
            let lines = try process.awaitScreen("step \(step)") { $0[0].contains("STEP \(step) ") }
            captions.append(lines[2].trimmingCharacters(in: .whitespaces))
        }
        // Nobody presses a key: the clock in the title stands.
        let clock = process.screen.lines[0].suffix(5)
        let stations = [
            ("submitted read on fd", "armed"), ("epoll told poller-1", "is ready"),
            ("poller-1 called recv", "now there is a packet"), ("poller-1 took packet #", "read"),
            ("poller-1 resumes", "queues it to the workers"), ("worker-1 goes on with", ".swift:"),
        ]
        for (start, end) in stations {
            #expect(captions.contains { $0.contains(start) && $0.contains(end) }, "\(captions)")
        }
        process.type("l")
        let newest = try #require(captions.last?.dropLast())
        let log = try process.awaitScreen("the whole log") { lines in
            lines.contains { $0.contains(newest) } && lines.count { $0.contains("Hop  ") } >= 20
        }
        for caption in captions.suffix(20) {
            let sentence = caption.dropLast()
            #expect(log.contains { $0.contains(sentence) }, "\(sentence) is not in \(log)")
        }
        #expect(log[0].suffix(5) == clock)
        process.type("q")
        #expect(try process.awaitEnd() == 0)
    }
}
