// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Workload

/// Lists the scenarios, or tells what to look for in one.
struct ScenariosCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scenarios",
        abstract: "List the scenarios, or describe one."
    )

    @Argument(
        help: "The scenario to describe.",
        completion: .list(Scenario.allCases.map(\.rawValue))
    )
    var name: String?

    func run() throws {
        guard let name else {
            for scenario in Scenario.allCases {
                let padding = String(repeating: " ", count: 8 - scenario.rawValue.count)
                try StandardOutput.write(line: scenario.rawValue + padding + scenario.summary)
            }
            return
        }
        let scenario = try Scenario(named: name)
        try StandardOutput.write(line: "\(scenario.rawValue): \(scenario.summary)\n")
        try StandardOutput.write(line: wrapped(scenario.whatToLookFor, at: 80) + "\n")
        try StandardOutput.write(line: "Keys to try:")
        for (key, effect) in scenario.suggestedKeys {
            try StandardOutput.write(line: "  \(key)  \(effect)")
        }
    }

    private func wrapped(_ text: String, at width: Int) -> String {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " \(word)"
        }
        return (lines + [line]).joined(separator: "\n")
    }
}
