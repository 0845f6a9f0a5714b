// SPDX-License-Identifier: Apache-2.0

/// What the mouse did, and on which cell of the screen.
package struct MouseEvent: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        /// The left button went down.
        case press
        /// The left button went down twice in quick succession.
        case doublePress
        case wheelUp
        case wheelDown
    }

    package var kind: Kind
    /// Counted from 0 at the left edge.
    package var column: Int
    /// Counted from 0 at the top.
    package var row: Int

    package init(kind: Kind, column: Int, row: Int) {
        self.kind = kind
        self.column = column
        self.row = row
    }
}
