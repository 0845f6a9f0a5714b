// SPDX-License-Identifier: Apache-2.0

@testable import Dashboard

/// A screen's styles: a blank for plain, else the letter that stands for the style.
enum StyleLetters {
    /// Row by row, without blanks at the end.
    static func rows(of frame: Frame) -> [String] {
        (0..<frame.size.rows).map { row in
            let letters = (0..<frame.size.columns).map { column in
                frame.cell(column: column, row: row).map { letter(of: $0.style) } ?? "?"
            }
            let width = letters.lastIndex { $0 != " " }.map { $0 + 1 } ?? 0
            return String(letters.prefix(width))
        }
    }

    private static func letter(of style: Style) -> Character {
        switch style {
        case .plain: " "
        case .dim: "d"
        case .strong: "S"
        case .title: "T"
        case .border: "-"
        case .focus: "F"
        case .heading: "h"
        case .key: "K"
        case .selected: "#"
        case .followed: "@"
        case .running: "r"
        case .blocked: "b"
        case .waiting: "w"
        case .parked: "p"
        case .warning: "!"
        case .flow: "~"
        case .good: "g"
        case .bad: "B"
        }
    }
}
