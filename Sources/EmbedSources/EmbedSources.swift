// SPDX-License-Identifier: Apache-2.0

import Foundation
import PackagePlugin

/// Puts the sources of what is watched into the program that watches: the source view shows them
/// wherever the program runs.
@main
struct EmbedSources: BuildToolPlugin {
    /// Modules whose functions a user of the dashboard may want to read.
    private static let modules = ["Workload", "AsyncRuntime"]

    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedSources.swift")
        let targets = context.package.targets.filter { EmbedSources.modules.contains($0.name) }
        let files = targets.compactMap { $0 as? SwiftSourceModuleTarget }
            .flatMap { $0.sourceFiles(withSuffix: ".swift").map(\.url) }
            .sorted { $0.path < $1.path }
        return [
            .buildCommand(
                displayName: "Embedding \(files.count) source files",
                executable: try context.tool(named: "embed-sources").url,
                arguments: [output.path] + files.map(\.path),
                inputFiles: files,
                outputFiles: [output]
            )
        ]
    }
}
