// SPDX-License-Identifier: Apache-2.0

/// Text of which every character takes exactly one column on every terminal.
///
/// Captions, function names and file names come from outside. Terminals disagree on how wide a
/// combining, joined or East Asian character is, and one disagreement shifts the rest of the row.
/// So a character outside the known narrow ranges is replaced; nothing is ever dropped, which
/// keeps `count` the width.
enum NarrowText {
    /// What stands in for a character that is not drawn.
    static let replacement: Unicode.Scalar = "?"

    /// The scalar to draw for a character.
    static func scalar(for character: Character, ascii: Bool) -> Unicode.Scalar {
        let scalars = character.unicodeScalars
        guard let scalar = scalars.first, scalars.count == 1, isNarrow(scalar) else {
            return replacement
        }
        return ascii && !scalar.isASCII ? asciiTwin(of: scalar) : scalar
    }

    /// Whether each byte is a character that is drawn as it is.
    static func isPrintableASCII(_ text: String) -> Bool {
        for byte in text.utf8 where byte < 0x20 || byte > 0x7E {
            return false
        }
        return true
    }

    private static func isNarrow(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E, 0xA0...0xAC, 0xAE...0x2FF: true
        // Greek, Cyrillic.
        case 0x370...0x377, 0x37A...0x37F, 0x384...0x482, 0x48A...0x52F: true
        // Punctuation, currency, letter-like, arrows, mathematics.
        case 0x2010...0x2027, 0x2030...0x205E, 0x20A0...0x20C0, 0x2100...0x22FF: true
        // Boxes, blocks, shapes without the two that are emoji, check marks.
        case 0x2500...0x25FC, 0x25FF, 0x2713...0x2718: true
        default: false
        }
    }

    private static func asciiTwin(of scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar {
        case "\u{A0}": " "
        case "·", "–", "—", "−", "─": "-"
        case "µ", "μ": "u"
        case "→", "▶": ">"
        case "←": "<"
        case "↔": "-"
        case "×": "x"
        case "‘", "’": "'"
        case "“", "”": "\""
        case "…": "."
        case "│": "|"
        default: replacement
        }
    }
}
