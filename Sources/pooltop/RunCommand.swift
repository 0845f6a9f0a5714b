// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Kernel

/// Runs a scenario with the dashboard: what `pooltop` does where nothing else is asked.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a scenario and watch it (the default)."
    )

    @OptionGroup var scenario: ScenarioOptions
    @OptionGroup var pool: PoolOptions

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
        let run = try LiveRun(pool: pool, scenario: scenario)
        defer { StandardError.report(heldThreads: run.stop()) }
        throw UsageError("The dashboard is not part of this build; use `pooltop headless`.")
    }
}
