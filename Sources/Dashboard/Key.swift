// SPDX-License-Identifier: Apache-2.0

/// A key press, as far as the terminal can tell keys apart.
package enum Key: Equatable, Sendable {
    case character(Character)
    /// A letter pressed together with Ctrl, in lower case.
    case control(Character)
    /// F1 and on.
    case function(Int)
    case up
    case down
    case left
    case right
    case pageUp
    case pageDown
    case home
    case end
    case tab
    case backTab
    case enter
    case escape
    case backspace
    case insert
    case delete

    /// Whether it belongs to a text that is typed; others do what they always do.
    var isLetter: Bool {
        switch self {
        case .character, .escape, .enter, .tab, .backspace, .up, .down, .control("u"): true
        default: false
        }
    }
}
