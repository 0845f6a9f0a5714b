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

    @Flag(help: "Begin with a few large figures, for the last row (the key b).")
    var big = false

    @Flag(help: "Change no part of the screen more than twice a second (the key K).")
    var calm = false

    @Option(
        help: "Begin with this theme (the key a): \(RunCommand.themes).",
        completion: .list(Theme.allCases.map(\.rawValue))
    )
    var theme: String?

    @Flag(help: "Neither read nor write the file of preferences.")
    var noConfig = false

    private static let themes = Theme.allCases.map(\.rawValue).joined(separator: ", ")

    func run() throws {
        // What is wrong with the options is said first: it is wrong without a screen, too.
        _ = try scenario.settings(of: scenario.chosenScenario())
        _ = try pool.configuration()
        let chosenTheme = try theme.map(Self.theme(named:))
        guard StandardStream.output.isTerminal else {
            throw UsageError(
                "Standard output is no terminal; `pooltop headless --seconds 5` prints the same "
                    + "figures as JSON."
            )
        }
        // Before any thread is started: all of them inherit that the signals are the main loop's.
        SignalInbox.blockInAllThreads()
        let file = noConfig ? nil : PreferencesFile.standard
        let stored = file?.read() ?? PreferencesFile.Content()
        var preferences = stored.preferences
        if let chosenTheme { preferences.theme = chosenTheme }
        if big { preferences.isBig = true }
        if calm { preferences.isCalm = true }
        let session = try makeSession(usesMouse: preferences.usesMouse && !noMouse)
        let run = try LiveRun(pool: pool, scenario: scenario, turn: RunCommand.turn)
        let outcome: TerminalLoop.Outcome
        do {
            defer { StandardError.report(heldThreads: run.stop()) }
            var model = Model(
                size: session.size,
                glyphs: session.glyphs,
                preferences: preferences,
                hasColors: session.hasColors,
                scenarios: ScenarioEntry.catalogue,
                sources: SourceLibrary(embeddedSources.map { ("\($0.path)", "\($0.text)") })
            )
            for sentence in stored.remarks { _ = update(&model, .remark(sentence)) }
            outcome = try show(run, model, in: session, keepingIn: file)
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

    private static func theme(named name: String) throws -> Theme {
        guard let theme = Theme(rawValue: name) else {
            throw UsageError("There is no theme '\(name)'; choose one of \(themes).")
        }
        return theme
    }

    private func makeSession(usesMouse: Bool) throws -> TerminalSession {
        var options = TerminalOptions()
        if ascii { options.ascii = true }
        if noColor { options.color = false }
        options.mouse = usesMouse
        do {
            return try TerminalSession(options: options)
        } catch {
            throw UsageError(error.description)
        }
    }

    /// The main loop: snapshots come from the sampler's thread, commands go to the runtime.
    private func show(
        _ run: LiveRun,
        _ model: Model,
        in session: TerminalSession,
        keepingIn file: PreferencesFile?
    ) throws -> TerminalLoop.Outcome {
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
            model: model,
            wake: mailbox.wakeDescriptor,
            nextSnapshot: {
                run.runtime.drainMain()
                return mailbox.take()
            },
            remark: run.proceed,
            observerTime: { mailbox.processorTime },
            duringStop: run.standStill,
            keep: { old, new in file?.keep(changesFrom: old, to: new) },
            send: { command in
                // A thread that could not be created is in the event log and in the counts.
                try? run.apply(command)
            }
        )
    }
}
