// SPDX-License-Identifier: Apache-2.0

import Dashboard
import Glibc
import Telemetry
import Testing

@testable import Terminal

extension TerminalTests {
    /// The loop on a pseudo-terminal, with a pipe as the wake descriptor.
    @Suite(.serialized)
    struct LoopTests {
        private let tty = PseudoTerminal()
        private let wake: [Int32]

        init() {
            var ends: [Int32] = [0, 0]
            precondition(unsafe pipe(&ends) == 0)
            wake = ends
        }

        @Test func `q ends the loop and gives the terminal back`() throws {
            let before = tty.modes
            tty.type("q")
            #expect(try run() == .quit)
            #expect(tty.modes == before)
        }

        @Test func `a snapshot is drawn and a key becomes a command`() throws {
            let number: UInt64 = 1
            #expect(unsafe write(wake[1], [number], 8) == 8)
            var commands: [RuntimeCommand] = []
            var calls = 0
            let outcome = try run(
                nextSnapshot: {
                    calls += 1
                    tty.type(calls == 1 ? "3+" : "q")
                    var snapshot = RuntimeSnapshot()
                    snapshot.scenario = "unmistakable"
                    snapshot.workers.minimum = 2
                    snapshot.workers.maximum = 8
                    return snapshot
                },
                send: { command in
                    commands.append(command)
                    let number: UInt64 = 1
                    _ = unsafe write(wake[1], [number], 8)
                }
            )
            #expect(outcome == .quit)
            #expect(commands == [.setWorkerMinimum(3)])
            #expect(tty.read().contains("unmistakable"))
        }

        @Test(arguments: [SIGTERM, SIGINT, SIGHUP, SIGQUIT])
        func `a signal ends the loop and gives the terminal back`(number: Int32) throws {
            let before = tty.modes
            SignalInbox.blockInAllThreads()
            raise(number)
            #expect(try run() == .signal(number))
            #expect(tty.modes == before)
        }

        @Test func `frames that the terminal does not take are left out and counted`() throws {
            let session = try makeSession()
            var calls = 0
            let number: UInt64 = 1
            #expect(unsafe write(wake[1], [number], 8) == 8)
            let outcome = try run(
                session,
                nextSnapshot: {
                    // Each asks for a full frame, and nobody reads.
                    calls += 1
                    let goesOn = session.statistics.dropped < 3 && calls < 10_000
                    tty.type(goesOn ? "\u{0C}" : "q")
                    #expect(unsafe write(wake[1], [number], 8) == 8)
                    return nil
                }
            )
            #expect(outcome == .quit)
            let statistics = session.statistics
            #expect(statistics.dropped >= 3)
            // What was written is whole frames; the last may be in two pieces, and leaving in one.
            #expect(statistics.writes <= statistics.painted + 2)
        }

        @Test func `a closed window ends the loop`() throws {
            let number: UInt64 = 1
            #expect(unsafe write(wake[1], [number], 8) == 8)
            #expect(throws: TerminalError.vanished) {
                try run(nextSnapshot: {
                    tty.closeWindow()
                    return nil
                })
            }
        }

        private func makeSession() throws -> TerminalSession {
            var options = TerminalOptions()
            options.type = "xterm-256color"
            options.capturesErrors = false
            return try TerminalSession(
                input: tty.terminal,
                output: tty.terminal,
                options: options
            )
        }

        private func run(
            _ session: TerminalSession? = nil,
            nextSnapshot: () -> RuntimeSnapshot? = { nil },
            send: (RuntimeCommand) -> Void = { _ in }
        ) throws -> TerminalLoop.Outcome {
            defer { wake.forEach { close($0) } }
            let session = try session ?? makeSession()
            return try TerminalLoop.run(
                session: session,
                model: Model(size: session.size, glyphs: session.glyphs),
                wake: wake[0],
                nextSnapshot: nextSnapshot,
                send: send
            )
        }
    }
}
