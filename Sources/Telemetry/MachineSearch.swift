// SPDX-License-Identifier: Apache-2.0

/// Which state machines should have rows.
package struct MachineSearch: Codable, Equatable, Sendable {
    /// Those looked for; without terms, all.
    package var filter: MachineFilter
    /// The number of one that should have a row in any case; 0 for none.
    package var pinned: Int

    package init(filter: MachineFilter = MachineFilter(), pinned: Int = 0) {
        self.filter = filter
        self.pinned = pinned
    }
}

extension RuntimeSnapshot {
    /// How far the sampler has looked for the machines that a filter asks for.
    package struct MachineSearchResult: Codable, Equatable, Sendable {
        /// Machines that were looked at.
        package var looked: Int
        /// Those among them that are as the filter says.
        package var matched: Int

        package init(looked: Int = 0, matched: Int = 0) {
            self.looked = looked
            self.matched = matched
        }
    }
}
