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
        completion: .list(Scenario.all.map(\.name))
    )
    var name: String?

    func run() throws {
        guard let name else {
            let width = 2 + (Scenario.all.map(\.name.count).max() ?? 0)
            for group in Scenario.Group.allCases {
                let scenarios = Scenario.all.filter { $0.group == group }
                guard !scenarios.isEmpty else { continue }
                try StandardOutput.write(line: "\(group.rawValue)")
                for scenario in scenarios {
                    let padding = String(repeating: " ", count: width - scenario.name.count)
                    try StandardOutput.write(
                        line: "  \(scenario.name)\(padding)\(scenario.summary)"
                    )
                }
            }
            return
        }
        let scenario = try Scenario.chosen(name)
        try StandardOutput.write(line: "\(scenario.name): \(scenario.summary)\n")
        try StandardOutput.write(line: wrapped(scenario.whatToLookFor, at: 80) + "\n")
        try StandardOutput.write(line: "Keys to try:")
        let width = scenario.suggestedKeys.map(\.key.count).max() ?? 0
        for hint in scenario.suggestedKeys {
            let padding = String(repeating: " ", count: width - hint.key.count)
            try StandardOutput.write(line: "  \(hint.key)\(padding)  \(hint.effect)")
        }
        guard !scenario.variants.isEmpty else { return }
        try StandardOutput.write(line: "Variants (--variant, or the key v):")
        for variant in scenario.variants {
            try StandardOutput.write(line: "  \(variant.name): \(variant.sentence)")
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
