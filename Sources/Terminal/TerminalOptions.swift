// SPDX-License-Identifier: Apache-2.0

internal import CNCurses
internal import Glibc

/// What the user wants of the screen beyond what the terminal can do.
package struct TerminalOptions: Equatable, Sendable {
    /// False, or the variable NO_COLOR, leaves the terminal's two colours.
    package var color = true
    /// True draws in ASCII; otherwise that happens only where nothing else is sure to work.
    package var ascii = false
    /// False leaves the mouse to the terminal, which selects text with it.
    package var mouse = true
    /// Terminal type instead of the one in TERM.
    package var type: String?
    /// Whether text on descriptor 2 is kept off the screen until the screen is left.
    package var capturesErrors = true

    package init() {}

    var usesColor: Bool { color && Self.environment("NO_COLOR").isEmpty }

    var terminalType: String { type ?? Self.environment("TERM") }

    /// Consoles and hardware terminals have too few glyphs, whatever the locale says.
    var usesASCII: Bool {
        let type = terminalType
        return ascii || !cn_locale_is_utf8() || type == "linux" || type.hasPrefix("vt")
    }

    private static func environment(_ name: String) -> String {
        guard let value = unsafe getenv(name) else { return "" }
        return unsafe String(cString: value)
    }
}
