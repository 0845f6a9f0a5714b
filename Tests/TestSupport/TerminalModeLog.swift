// SPDX-License-Identifier: Apache-2.0

/// The private modes that some output has left switched on, as a terminal would follow it.
package struct TerminalModeLog {
    /// Numbers of modes that are not as they were: on, or off for the cursor's mode 25.
    package private(set) var left: Set<Int> = []
    /// Whether the keypad still sends its own sequences.
    package private(set) var isKeypadOn = false
    /// The modes that were ever switched.
    package private(set) var seen: Set<Int> = []

    /// Reads output from its begin.
    package init(_ output: [UInt8]) {
        var text = String(decoding: output, as: UTF8.self)[...]
        while let escape = text.firstIndex(of: "\u{1B}") {
            text = text[escape...].dropFirst()
            switch text.first {
            case "=": isKeypadOn = true
            case ">": isKeypadOn = false
            case "[" where text.dropFirst().first == "?":
                let body = text.dropFirst(2).prefix { $0.isNumber || $0 == ";" }
                guard let final = text.dropFirst(2 + body.count).first else { continue }
                for number in body.split(separator: ";").compactMap({ Int($0) }) {
                    note(number, final)
                }
            default: break
            }
        }
    }

    private mutating func note(_ mode: Int, _ final: Character) {
        guard final == "h" || final == "l" else { return }
        seen.insert(mode)
        // The cursor is shown, and lines wrap, unless somebody says otherwise.
        let isUsual = mode == 25 || mode == 7 ? final == "h" : final == "l"
        if isUsual { left.remove(mode) } else { left.insert(mode) }
    }
}
