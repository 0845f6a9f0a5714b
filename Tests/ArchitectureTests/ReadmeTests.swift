// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The README tells the truth about the commands that there are.
@Suite struct ReadmeTests {
    @Test func `the commands of the README exist`() throws {
        let commands = subcommands()
        #expect(commands.isSuperset(of: ["run", "headless", "scenarios", "bench"]))
        for line in try consoleLines() {
            let parts = line.split(separator: " ")
            guard let program = parts.firstIndex(of: "pooltop"), program + 1 < parts.count else {
                continue
            }
            let first = String(parts[program + 1])
            // An option, or a scenario's name, stands for `run`.
            guard !first.hasPrefix("-"), !scenarios().contains(first) else { continue }
            #expect(commands.contains(first), "README: `\(line)` names no subcommand")
        }
    }

    @Test func `the README names the two commands for a stranger`() throws {
        let lines = try consoleLines()
        #expect(lines.contains("swift run -c release pooltop"))
        #expect(lines.contains("swift test"))
    }

    /// The lines of the README's fenced console blocks.
    private func consoleLines() throws -> [String] {
        var lines: [String] = []
        var isConsole = false
        for line in try SourceTree.text("README.md").components(separatedBy: "\n") {
            if line.hasPrefix("```") {
                isConsole = line == "```console"
            } else if isConsole, !line.isEmpty {
                lines.append(line)
            }
        }
        return lines
    }

    private func subcommands() -> Set<String> {
        let start = "commandName: \""
        var found: Set<String> = []
        for file in SourceTree.sources where file.module == "pooltop" {
            for line in file.code {
                guard let range = line.range(of: start) else { continue }
                found.insert(String(line[range.upperBound...].prefix { $0 != "\"" }))
            }
        }
        return found
    }

    private func scenarios() -> Set<String> {
        let files = SourceTree.sources.filter {
            $0.path.hasPrefix("Sources/Workload/Scenarios/")
        }
        let names = files.flatMap(\.code).compactMap { line -> String? in
            guard let range = line.range(of: "        name: \"") else { return nil }
            return String(line[range.upperBound...].prefix { $0 != "\"" })
        }
        return Set(names)
    }
}
