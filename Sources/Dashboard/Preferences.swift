// SPDX-License-Identifier: Apache-2.0

/// How the user wants the screen to be: what is kept from one run to the next.
package struct Preferences: Equatable, Sendable {
    package var theme = Theme.safe
    /// Few figures, each as large as the screen allows.
    package var isBig = false
    /// At most two changes a second of each cell.
    package var isCalm = false
    /// Whether the scenario's sentence is on the screen.
    package var showsCaptions = true
    /// Whether the program asks the terminal for the mouse.
    package var usesMouse = true
    /// Orders of lists other than the one in which the rows come.
    var sorts: [ListID: Sort] = [:]

    package init() {}

    /// Takes over what somebody has changed, and leaves the rest.
    ///
    /// So an option of the command line is not kept because a key was pressed, and what another
    /// process has kept meanwhile stays.
    package mutating func adopt(changesFrom old: Preferences, to new: Preferences) {
        func adopt<Value: Equatable>(_ path: WritableKeyPath<Preferences, Value>) {
            if old[keyPath: path] != new[keyPath: path] { self[keyPath: path] = new[keyPath: path] }
        }
        adopt(\.theme)
        adopt(\.isBig)
        adopt(\.isCalm)
        adopt(\.showsCaptions)
        adopt(\.usesMouse)
        for list in ListID.allCases where old.sorts[list] != new.sorts[list] {
            sorts[list] = new.sorts[list]
        }
    }
}
