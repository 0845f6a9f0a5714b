// SPDX-License-Identifier: Apache-2.0

internal import CNCurses
internal import Dashboard

/// The colours and attributes of one theme, on a terminal with so many colours.
///
/// All hues are near those of Okabe and Ito, which colour-blind people can tell apart: orange-red
/// for blocked, blue for waiting, bluish green for running, yellow for warnings, reddish purple for
/// the focus. `safe` takes those that contrast with black and with white by at least 3 to 1, since
/// the terminal's own background stays; the others paint their background and contrast with it by at least
/// 4.5 to 1.
struct ThemeColors {
    /// Numbers of two colours; -1 is the terminal's own.
    struct Pair: Hashable {
        var foreground: Int32
        var background: Int32

        static let own = Pair(foreground: -1, background: -1)
    }

    /// What colours are there for.
    private enum Hue {
        case text
        case faint
        case line
        case focus
        case running
        case blocked
        case waiting
        case warning
        case flow
    }

    /// One colour, for terminals with few, with 256, and with all.
    private struct Color {
        /// The one of eight that comes nearest; `nil` is that of the text.
        var basic: Int32?
        /// The one of sixteen, where it is another.
        var bright: Int32?
        var indexed: Int32
        var direct: Int32
    }

    let theme: Theme
    let depth: ColorDepth

    func pair(of style: Style) -> Pair {
        guard depth != .mono, theme != .mono else { return .own }
        let background = background
        let foreground = number(color(hue(of: style))) ?? number(color(.text)) ?? -1
        return Pair(foreground: foreground, background: background)
    }

    func attributes(of style: Style) -> UInt32 {
        let isMono = depth == .mono || theme == .mono
        // Where there are few colours, or they should jump to the eye, weight helps.
        let isHeavy = theme == .contrast
        let attributes: Int =
            switch style {
            case .plain: 0
            case .waiting, .flow: isHeavy ? CN_BOLD : 0
            case .border: 0
            case .dim, .parked: isMono ? CN_DIM : 0
            case .heading: isMono || isHeavy ? CN_UNDERLINE : 0
            case .strong, .key, .focus, .running, .good, .warning: CN_BOLD
            case .title, .selected: CN_REVERSE
            // Without colours it must not look like the chosen row.
            case .followed: isMono ? CN_BOLD | CN_UNDERLINE : CN_REVERSE | CN_BOLD
            case .blocked: isMono ? CN_REVERSE : CN_BOLD
            case .bad: CN_REVERSE | CN_BOLD
            }
        return UInt32(attributes)
    }

    private func hue(of style: Style) -> Hue {
        switch style {
        case .plain, .strong, .title, .selected, .key: .text
        case .dim, .heading, .parked: .faint
        case .border: .line
        case .focus, .followed: .focus
        case .running, .good: .running
        case .blocked, .bad: .blocked
        case .waiting: .waiting
        case .warning: .warning
        case .flow: .flow
        }
    }

    private var background: Int32 {
        switch theme {
        case .safe, .mono: return -1
        case .dark, .contrast:
            return depth == .indexed ? 16 : COLOR_BLACK
        case .light:
            switch depth {
            case .indexed: return 231
            case .direct: return 0xFFFFFF
            case .sixteen: return 15
            default: return COLOR_WHITE
            }
        }
    }

    private func number(_ color: Color?) -> Int32? {
        guard let color else { return nil }
        return switch depth {
        case .mono: nil
        case .eight: color.basic
        case .sixteen: color.bright ?? color.basic
        case .indexed: color.indexed
        case .direct: color.direct
        }
    }

    private func color(_ hue: Hue) -> Color? {
        switch theme {
        case .mono: nil
        case .safe: Self.safe(hue)
        case .dark: Self.dark(hue)
        case .light: Self.light(hue)
        case .contrast: Self.contrast(hue)
        }
    }

    private static func safe(_ hue: Hue) -> Color? {
        switch hue {
        case .text: nil
        case .faint: Color(indexed: 244, direct: 0x808080)
        case .line: Color(indexed: 242, direct: 0x6C6C6C)
        case .focus: Color(basic: COLOR_MAGENTA, indexed: 169, direct: 0xC0609A)
        case .running: Color(basic: COLOR_GREEN, indexed: 29, direct: 0x008A63)
        case .blocked: Color(basic: COLOR_RED, indexed: 166, direct: 0xD55E00)
        case .waiting: Color(basic: COLOR_CYAN, indexed: 32, direct: 0x2A85C4)
        case .warning: Color(basic: COLOR_YELLOW, indexed: 136, direct: 0xA87F00)
        // The blue of old terminals cannot be read on black.
        case .flow: Color(indexed: 67, direct: 0x5F87AF)
        }
    }

    private static func dark(_ hue: Hue) -> Color? {
        switch hue {
        case .text: Color(basic: COLOR_WHITE, indexed: 253, direct: 0xDADADA)
        case .faint: Color(indexed: 247, direct: 0x9E9E9E)
        case .line: Color(indexed: 243, direct: 0x767676)
        case .focus: Color(basic: COLOR_MAGENTA, bright: 13, indexed: 175, direct: 0xCC79A7)
        case .running: Color(basic: COLOR_GREEN, bright: 10, indexed: 42, direct: 0x00C08C)
        case .blocked: Color(basic: COLOR_RED, bright: 9, indexed: 208, direct: 0xF07820)
        case .waiting: Color(basic: COLOR_CYAN, bright: 14, indexed: 74, direct: 0x56B4E9)
        case .warning: Color(basic: COLOR_YELLOW, bright: 11, indexed: 227, direct: 0xF0E442)
        case .flow: Color(indexed: 110, direct: 0x87AFD7)
        }
    }

    private static func light(_ hue: Hue) -> Color? {
        switch hue {
        case .text: Color(basic: COLOR_BLACK, indexed: 16, direct: 0x101010)
        case .faint: Color(indexed: 241, direct: 0x606060)
        case .line: Color(indexed: 243, direct: 0x767676)
        case .focus: Color(basic: COLOR_MAGENTA, indexed: 126, direct: 0xA03878)
        case .running: Color(basic: COLOR_GREEN, indexed: 22, direct: 0x006B4E)
        case .blocked: Color(basic: COLOR_RED, indexed: 130, direct: 0xB04A00)
        case .waiting: Color(basic: COLOR_BLUE, indexed: 25, direct: 0x0072B2)
        // Yellow cannot be read on white.
        case .warning: Color(indexed: 94, direct: 0x7A5C00)
        case .flow: Color(indexed: 61, direct: 0x5A5AA8)
        }
    }

    private static func contrast(_ hue: Hue) -> Color? {
        switch hue {
        case .text: Color(basic: COLOR_WHITE, bright: 15, indexed: 231, direct: 0xFFFFFF)
        case .faint, .line: Color(bright: 7, indexed: 252, direct: 0xD0D0D0)
        case .focus: Color(basic: COLOR_MAGENTA, bright: 13, indexed: 219, direct: 0xFFAFFF)
        case .running: Color(basic: COLOR_GREEN, bright: 10, indexed: 48, direct: 0x00FF87)
        case .blocked: Color(basic: COLOR_RED, bright: 9, indexed: 208, direct: 0xFF8700)
        case .waiting: Color(basic: COLOR_CYAN, bright: 14, indexed: 123, direct: 0x87FFFF)
        case .warning: Color(basic: COLOR_YELLOW, bright: 11, indexed: 227, direct: 0xFFFF5F)
        case .flow: Color(indexed: 231, direct: 0xFFFFFF)
        }
    }
}
