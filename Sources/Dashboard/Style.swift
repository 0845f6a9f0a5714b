// SPDX-License-Identifier: Apache-2.0

/// What a cell means.
///
/// The terminal decides how that looks, so that colour, mono and paper agree.
///
/// No style is ever the only carrier of a meaning: the view draws a glyph and a word beside it.
package enum Style: UInt8, CaseIterable, Sendable {
    case plain
    /// Present, but not what to look at.
    case dim
    /// A value that matters.
    case strong
    /// The title line.
    case title
    case border
    /// Border and head of the pane that keys act on.
    case focus
    /// Heads of table columns.
    case heading
    /// A key in the key bar or in the help.
    case key
    /// The chosen row of the focused pane.
    case selected
    /// What belongs to the state machine that is followed, wherever it is.
    case followed
    case running
    case blocked
    case waiting
    case parked
    case warning
    /// Sparklines and the arrows of the pipeline.
    case flow
    case good
    case bad
}
