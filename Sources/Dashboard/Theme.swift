// SPDX-License-Identifier: Apache-2.0

/// A choice of colours for the styles; the terminal knows which.
package enum Theme: String, CaseIterable, Sendable {
    /// Okabe and Ito's colours on the terminal's own background, whichever that is.
    case safe
    /// On black, for a room that is dark.
    case dark
    /// On white, for a projector in daylight.
    case light
    /// Few, bright colours on black.
    case contrast
    /// No colour: bold, underlined, reversed.
    case mono

    /// The one that the key leads to.
    var next: Theme {
        let all = Self.allCases
        let index = all.firstIndex(of: self) ?? 0
        return all[(index + 1) % all.count]
    }

    /// What it is for, in a few words.
    var purpose: String {
        switch self {
        case .safe: "told apart by colour-blind people, on the terminal's background"
        case .dark: "on black"
        case .light: "on white, for daylight"
        case .contrast: "high contrast, on black"
        case .mono: "no colours"
        }
    }
}
