// SPDX-License-Identifier: Apache-2.0

/// The characters that stand for states and shapes, once in Unicode and once in ASCII.
package struct Glyphs: Equatable, Sendable {
    /// Whether text may hold characters beyond ASCII.
    let isUnicode: Bool
    /// Eight heights of a bar, lowest first.
    let spark: [Character]
    /// Border pieces, indexed by the arms they have: 1 up, 2 down, 4 left, 8 right.
    let borders: [Unicode.Scalar]
    let running: String
    let inline: String
    let blocked: String
    let leader: String
    let waiting: String
    let spinning: String
    let parked: String
    let leaving: String
    /// In place of the `#` of the machine that is followed, and beside what works for it.
    let followed: String
    /// A packet that a poller has taken.
    let taken: String
    let good: String
    let bad: String
    let warning: String
    let arrow: String
    /// The same to the left.
    let back: String
    let becomes: String
    let separator: String
    let ellipsis: String
    let micro: String
    /// Behind the head of the column that rows are sorted by.
    let ascending: String
    let descending: String
    /// Parts of a bar that is cut in three: running, queued, waiting.
    let shares: [Character]
    /// The goal of the pool, in a chart and behind a bar.
    let goal: String
    let limit: String

    /// For terminals that speak UTF-8.
    package static let unicode = Glyphs(
        isUnicode: true,
        spark: Array("▁▂▃▄▅▆▇█"),
        borders: Array(" │││─┘┐┤─└┌├─┴┬┼".unicodeScalars),
        running: "●",
        inline: "◆",
        blocked: "■",
        leader: "◇",
        waiting: "○",
        spinning: "◌",
        parked: "○",
        leaving: "◁",
        followed: "»",
        taken: "✓",
        good: "✓",
        bad: "✗",
        warning: "▲",
        arrow: "▶",
        back: "◀",
        becomes: "→",
        separator: "·",
        ellipsis: "…",
        micro: "µ",
        ascending: "▲",
        descending: "▼",
        shares: ["█", "▒", "░"],
        goal: "━",
        limit: "┃"
    )

    /// For every other terminal.
    package static let ascii = Glyphs(
        isUnicode: false,
        spark: Array("_.-=+*#@"),
        borders: Array(" |||-+++-+++-+++".unicodeScalars),
        running: "*",
        inline: "#",
        blocked: "!",
        leader: "<",
        waiting: "o",
        spinning: "~",
        parked: ".",
        leaving: "x",
        followed: "@",
        taken: "+",
        good: "ok",
        bad: "XX",
        warning: "!",
        arrow: ">",
        back: "<",
        becomes: "->",
        separator: "-",
        ellipsis: "~",
        micro: "u",
        ascending: "^",
        descending: "v",
        shares: ["#", "=", "."],
        goal: "-",
        limit: "|"
    )
}
