// SPDX-License-Identifier: Apache-2.0

/// Numbers in large letters: each dot of a 3 by 5 letter becomes a block of cells.
///
/// A dot is `scale` columns wide and half as many rows high, since a cell is about twice as high as
/// wide.
struct BigDigits {
    private static let dotRows = 5

    let text: String
    let scale: Int
    let glyphs: Glyphs

    var columns: Int { Self.columns(of: text, scale: scale) }
    var rows: Int { Self.rows(scale: scale) }

    static func columns(of text: String, scale: Int) -> Int {
        let dots = text.reduce(0) { $0 + (pattern(of: $1).first?.count ?? 0) + 1 }
        return max(0, dots - 1) * scale
    }

    static func rows(scale: Int) -> Int { (dotRows * scale + 1) / 2 }

    func draw(_ style: Style, column: Int, row: Int, on frame: inout Frame) {
        var start = column
        for character in text {
            let pattern = Self.pattern(of: character)
            let width = (pattern.first?.count ?? 0) * scale
            for line in 0..<rows {
                for offset in 0..<width {
                    let upper = isSet(pattern, halfRow: 2 * line, offset)
                    let lower = isSet(pattern, halfRow: 2 * line + 1, offset)
                    guard let scalar = scalar(upper, lower) else { continue }
                    frame.put(scalar, style, column: start + offset, row: row + line)
                }
            }
            start += width + scale
        }
    }

    private func isSet(_ pattern: [[Bool]], halfRow: Int, _ offset: Int) -> Bool {
        let dot = halfRow / scale
        return pattern.indices.contains(dot) && pattern[dot][offset / scale]
    }

    private func scalar(_ upper: Bool, _ lower: Bool) -> Unicode.Scalar? {
        switch (upper, lower) {
        case (false, false): nil
        case (true, true): glyphs.isUnicode ? "█" : "#"
        case (true, false): glyphs.isUnicode ? "▀" : "#"
        case (false, true): glyphs.isUnicode ? "▄" : "#"
        }
    }

    /// Rows of dots; a character without a letter is a blank.
    private static func pattern(of character: Character) -> [[Bool]] {
        let rows: String =
            switch character {
            case "0": "### #.# #.# #.# ###"
            case "1": ".#. ##. .#. .#. ###"
            case "2": "### ..# ### #.. ###"
            case "3": "### ..# .## ..# ###"
            case "4": "#.# #.# ### ..# ..#"
            case "5": "### #.. ### ..# ###"
            case "6": "### #.. ### #.# ###"
            case "7": "### ..# ..# .#. .#."
            case "8": "### #.# ### #.# ###"
            case "9": "### #.# ### ..# ###"
            case "k": "#.. #.# ##. ##. #.#"
            case "M": "#.# ### ### #.# #.#"
            case ".": ". . . . #"
            case "-": "... ... ### ... ..."
            default: "... ... ... ... ..."
            }
        return rows.split(separator: " ").map { row in row.map { $0 == "#" } }
    }
}
