// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser

/// The command line.
///
/// `main` is the synchronous one of `ParsableCommand`: the runtime becomes the process's executor
/// before the first task, and an asynchronous `main` would already be one.
@main
struct Pooltop: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pooltop",
        abstract: "A live picture of a thread pool, its completion port and the async code on it.",
        version: "0.1.0",
        subcommands: [
            RunCommand.self, HeadlessCommand.self, ScenariosCommand.self, BenchCommand.self,
            TwinCommand.self,
        ],
        defaultSubcommand: RunCommand.self
    )
}
