// SPDX-License-Identifier: Apache-2.0

internal import Dashboard
internal import Workload

extension ScenarioEntry {
    /// All scenarios, for the menu; groups come in the order of a talk.
    static let catalogue = Scenario.Group.allCases.flatMap { group in
        Scenario.all.filter { $0.group == group }.map(ScenarioEntry.init)
    }

    private init(_ scenario: Scenario) {
        self.init(
            name: scenario.name,
            group: scenario.group.rawValue,
            summary: scenario.summary,
            whatToLookFor: scenario.whatToLookFor
        )
        hints = scenario.suggestedKeys.map { Hint(key: $0.key, effect: $0.effect) }
        variants = scenario.variants.map { Variant(name: $0.name, sentence: $0.sentence) }
    }
}
