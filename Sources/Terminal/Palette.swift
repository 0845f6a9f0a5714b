// SPDX-License-Identifier: Apache-2.0

internal import CNCurses
internal import Dashboard

/// How each style looks on the terminal at hand.
///
/// The colours follow those of Okabe and Ito, which colour-blind people can tell apart. Of the 256,
/// those are taken that contrast with black and with white by at least 3 to 1, most by 4 to 1,
/// since the terminal's own background stays, whichever it is. No colour is redefined.
struct Palette {
    struct Look: Equatable {
        /// `CN_BOLD` and the like.
        var attributes: UInt32
        var pair: Int32
    }

    private var looks: [Look]

    /// Defines a pair for each coloured style; ncurses must have been started.
    init(color: Bool) {
        let colors = color ? Self.startColors() : 0
        looks = Style.allCases.map { style in
            let attributes = Self.attributes(of: style, isMono: colors < 8)
            guard colors >= 8, let number = Self.color(of: style, isRich: colors >= 256) else {
                return Look(attributes: attributes, pair: 0)
            }
            let pair = Int32(style.rawValue) + 1
            cn_define_pair(pair, number)
            return Look(attributes: attributes, pair: pair)
        }
    }

    /// The look of a style.
    subscript(style: Style) -> Look { looks[Int(style.rawValue)] }

    private static func startColors() -> Int32 {
        guard cn_colors_possible() else { return 0 }
        cn_start_color()
        return cn_pairs() > Int32(Style.allCases.count) ? cn_colors() : 0
    }

    private static func color(of style: Style, isRich: Bool) -> Int32? {
        switch style {
        case .plain, .strong, .title, .selected, .key: nil
        case .dim, .heading, .parked: isRich ? 244 : nil
        case .border: isRich ? 242 : nil
        case .focus: isRich ? 169 : COLOR_MAGENTA
        case .running, .good: isRich ? 29 : COLOR_GREEN
        case .blocked, .bad: isRich ? 166 : COLOR_RED
        case .waiting: isRich ? 32 : COLOR_CYAN
        case .warning: isRich ? 136 : COLOR_YELLOW
        // The blue of old terminals cannot be read on black.
        case .flow: isRich ? 67 : nil
        }
    }

    private static func attributes(of style: Style, isMono: Bool) -> UInt32 {
        let attributes: Int =
            switch style {
            case .plain, .waiting, .border, .flow: 0
            case .dim, .parked: isMono ? CN_DIM : 0
            case .heading: isMono ? CN_UNDERLINE : 0
            case .strong, .key, .focus, .running, .good, .warning: CN_BOLD
            case .title, .selected: CN_REVERSE
            case .blocked: isMono ? CN_REVERSE : CN_BOLD
            case .bad: CN_REVERSE | CN_BOLD
            }
        return UInt32(attributes)
    }
}
