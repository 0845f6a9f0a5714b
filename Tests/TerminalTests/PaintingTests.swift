// SPDX-License-Identifier: Apache-2.0

import Dashboard
import Telemetry
import TestSupport
import Testing

@testable import Terminal

extension TerminalTests {
    /// What a terminal shows after each frame is the frame.
    @Suite(.serialized)
    struct PaintingTests {
        private let tty = PseudoTerminal()
        private let received = Received()

        /// Bytes that came out of the terminal so far.
        private final class Received {
            var count = 0
        }

        private static let types = ["xterm-256color", "vt100", "linux", "screen"]

        private func session(type: String) throws -> TerminalSession {
            var options = TerminalOptions()
            options.type = type
            options.capturesErrors = false
            let session = try TerminalSession(
                input: tty.terminal,
                output: tty.terminal,
                options: options
            )
            session.enter()
            return session
        }

        /// Nobody has pulled at the window: the terminal has not been told its size by a resize.
        @Test(arguments: types)
        func `a window that is large from the start is painted to its end`(type: String) throws {
            let seed = UInt64.random(in: 0...UInt64.max)
            print("Seed of the large window: \(seed)")
            var random = SeededRandom(seed: seed)
            let size = Size(columns: 120, rows: 50)
            tty.resize(columns: size.columns, rows: size.rows)
            let session = try session(type: type)
            let model = Model(size: size, glyphs: session.glyphs)
            var screen = ScreenEmulator(columns: size.columns, rows: size.rows)
            for round in 0..<20 {
                let frame = paint(model, on: session, &screen, &random)
                guard screen.lines == frame.lines, screen.unknown == [] else {
                    Issue.record("Seed \(seed), round \(round): \(screen)")
                    return
                }
            }
        }

        @Test(arguments: types) func `a storm of sizes leaves no debris`(type: String) throws {
            let seed = UInt64.random(in: 0...UInt64.max)
            print("Seed of the storm of sizes: \(seed)")
            var random = SeededRandom(seed: seed)
            let session = try session(type: type)
            var model = Model(size: Size(columns: 80, rows: 24), glyphs: session.glyphs)
            var screen = ScreenEmulator(columns: 80, rows: 24)
            for round in 0..<100 {
                let size = Size(columns: 1 + random.below(300), rows: 1 + random.below(100))
                screen.resize(columns: size.columns, rows: size.rows)
                if random.below(4) == 0 {
                    // The window is another one already when the frame for the last comes.
                    paint(model, on: session, &screen, &random)
                }
                _ = update(&model, .resize(size))
                for _ in 0..<1 + random.below(3) {
                    let frame = paint(model, on: session, &screen, &random)
                    guard screen.lines == frame.lines, screen.unknown == [] else {
                        Issue.record("Seed \(seed), round \(round), \(size): \(screen)")
                        return
                    }
                }
            }
        }

        /// Changes the model a little and paints it; returns the frame.
        @discardableResult
        private func paint(
            _ previous: Model,
            on session: TerminalSession,
            _ screen: inout ScreenEmulator,
            _ random: inout SeededRandom
        ) -> Frame {
            var model = previous
            let keys = Array("1234?")
            _ = update(&model, .key(.character(keys[random.below(keys.count)])))
            var snapshot = RuntimeSnapshot()
            snapshot.scenario = "storm"
            snapshot.elapsedSeconds = Double(random.below(100_000))
            snapshot.operations.submitted = random.below(1_000_000)
            _ = update(&model, .snapshot(snapshot))
            let frame = view(model)
            try? session.paint(frame)
            while session.writer.isBehind || received.count < session.writer.byteCount {
                let bytes = tty.readBytes()
                received.count += bytes.count
                screen.feed(bytes)
                try? session.writer.flush()
                guard bytes.isEmpty else { continue }
                if received.count < session.writer.byteCount { tty.awaitOutput() }
            }
            return frame
        }
    }
}
