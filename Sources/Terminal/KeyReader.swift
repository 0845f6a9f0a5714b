// SPDX-License-Identifier: Apache-2.0

internal import CNCurses
internal import Dashboard

/// Reads what ncurses makes of the terminal's input.
enum KeyReader {
    /// The keys pressed by now, at most `limit`.
    static func read(limit: Int) -> [Key] {
        var keys: [Key] = []
        while keys.count < limit {
            let code = cn_read_key()
            guard code >= 0 else { break }
            if let key = code >= CN_CODE ? named(Int32(code - CN_CODE)) : typed(UInt32(code)) {
                keys.append(key)
            }
        }
        return keys
    }

    /// A key that has a name in terminfo; `nil` for one that the dashboard has no use for.
    static func named(_ code: Int32) -> Key? {
        switch code {
        case KEY_UP: .up
        case KEY_DOWN: .down
        case KEY_LEFT: .left
        case KEY_RIGHT: .right
        case KEY_PPAGE: .pageUp
        case KEY_NPAGE: .pageDown
        case KEY_HOME, KEY_FIND: .home
        case KEY_END, KEY_SELECT: .end
        case KEY_BTAB: .backTab
        case KEY_ENTER: .enter
        case KEY_BACKSPACE: .backspace
        case KEY_IC: .insert
        case KEY_DC: .delete
        case KEY_F0 + 1...KEY_F0 + 63: .function(Int(code - KEY_F0))
        default: nil
        }
    }

    /// A key that sends a character.
    static func typed(_ code: UInt32) -> Key? {
        switch code {
        case 0x09: .tab
        case 0x0A, 0x0D: .enter
        case 0x1B: .escape
        case 0x08, 0x7F: .backspace
        case 0x01...0x1A: Unicode.Scalar(code + 0x60).map { .control(Character($0)) }
        case 0..<0x20, 0x80..<0xA0: nil
        default: Unicode.Scalar(code).map { .character(Character($0)) }
        }
    }
}
