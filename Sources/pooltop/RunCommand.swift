// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import AsyncRuntime
internal import Dashboard
internal import Kernel
internal import Telemetry
internal import Terminal
internal import Workload

/// Runs a scenario with the dashboard: what `pooltop` does where nothing else is asked.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a scenario and watch it (the default)."
    )

    @OptionGroup var scenario: ScenarioOptions
    @OptionGroup var pool: PoolOptions

    @Flag(help: "Draw with ASCII characters only (automatic where the locale is not UTF-8).")
    var ascii = false

    @Flag(help: "Draw without colour (as NO_COLOR does).")
    var noColor = false

    @Flag(help: "Leave the mouse to the terminal, which selects text with it.")
    var noMouse = false

    func run() throws {
        // What is wrong with the options is said first: it is wrong without a screen, too.
        _ = try scenario.settings(of: scenario.chosenScenario())
        _ = try pool.configuration()
        guard StandardStream.output.isTerminal else {
            throw UsageError(
                "Standard output is no terminal; `pooltop headless --seconds 5` prints the same "
                    + "figures as JSON."
            )
        }
        // Before any thread is started: all of them inherit that the signals are the main loop's.
        SignalInbox.blockInAllThreads()
        let session = try makeSession()
        let run = try LiveRun(pool: pool, scenario: scenario, turn: RunCommand.turn)
        let outcome: TerminalLoop.Outcome
        do {
            defer { StandardError.report(heldThreads: run.stop()) }
            outcome = try show(run, in: session)
        } catch let error as TerminalError {
            throw UsageError(error.description)
        }
        // Ctrl-C ends it as `q` does; another signal is reported to the shell as usual.
        if case .signal(let number) = outcome, number != RunCommand.interrupt {
            throw ExitCode(128 + number)
        }
    }

    /// How long a twin's turn lasts: long enough to be read, short enough to be waited for.
    private static let turn = Duration.seconds(5)
    /// SIGINT, on every system.
    private static let interrupt: Int32 = 2

    private func makeSession() throws -> TerminalSession {
        var options = TerminalOptions()
        if ascii { options.ascii = true }
        if noColor { options.color = false }
        if noMouse { options.mouse = false }
        do {
            return try TerminalSession(options: options)
        } catch {
            throw UsageError(error.description)
        }
    }

    /// The main loop: snapshots come from the sampler's thread, commands go to the runtime.
    private func show(_ run: LiveRun, in session: TerminalSession) throws -> TerminalLoop.Outcome {
        let mailbox = try SnapshotMailbox()
        run.observe { snapshot in
            mailbox.put(snapshot, processorTime: CurrentThread.processorTime)
        }
        run.runtime.whenMainHasWork { mailbox.signal() }
        defer {
            run.observe(nil)
            run.runtime.whenMainHasWork(nil)
        }
        return try TerminalLoop.run(
            session: session,
            model: Model(
                size: session.size,
                glyphs: session.glyphs,
                sources: SourceLibrary(
                    embeddedSources.map { ("\($0.path)", "\($0.text)") }
                )
            ),
            wake: mailbox.wakeDescriptor,
            nextSnapshot: {
                run.runtime.drainMain()
                return mailbox.take()
            },
            observerTime: { mailbox.processorTime },
            duringStop: run.standStill,
            send: { command in
                // A thread that could not be created is in the event log and in the counts.
                try? run.apply(command)
            }
        )
    }
}
