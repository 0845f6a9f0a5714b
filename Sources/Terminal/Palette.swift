// SPDX-License-Identifier: Apache-2.0

internal import CNCurses
internal import Dashboard

/// How each style looks on the terminal at hand, in each theme.
///
/// Pairs of colours are defined when they are first needed, and never anew: what is on the screen
/// refers to them. No colour is ever redefined; the terminal's own are the speaker's.
struct Palette {
    struct Look: Equatable {
        /// `CN_BOLD` and the like.
        var attributes: UInt32
        var pair: Int32
    }

    /// The colours that terminfo says there are.
    let depth: ColorDepth
    private var pairs: [ThemeColors.Pair: Int32] = [:]
    private let pairLimit: Int32
    private var looks: [Theme: [Look]] = [:]

    /// Asks ncurses, which must have been started, for the colours there are.
    init(color: Bool) {
        guard color, cn_colors_possible() else {
            depth = .mono
            pairLimit = 0
            return
        }
        cn_start_color()
        depth = ColorDepth(
            colorCount: Int(cn_colors()),
            saysDirect: Capability.isSet("RGB")
        )
        pairLimit = cn_pairs()
    }

    /// The looks of all styles, by their numbers.
    mutating func looks(in theme: Theme) -> [Look] {
        if let known = looks[theme] { return known }
        let colors = ThemeColors(theme: theme, depth: depth)
        let all = Style.allCases.map { style in
            Look(attributes: colors.attributes(of: style), pair: pair(colors.pair(of: style)))
        }
        looks[theme] = all
        return all
    }

    /// The number of a pair; 0, the terminal's own colours, where there is no room for more.
    private mutating func pair(_ colors: ThemeColors.Pair) -> Int32 {
        if colors == .own { return 0 }
        if let number = pairs[colors] { return number }
        let number = Int32(pairs.count) + 1
        guard number < pairLimit else { return 0 }
        cn_define_pair(number, colors.foreground, colors.background)
        pairs[colors] = number
        return number
    }
}

/// How many colours a terminal has.
enum ColorDepth: Int, Equatable, Sendable {
    case mono
    case eight
    case sixteen
    /// The colour cube and the greys.
    case indexed
    /// A colour's number is its red, green and blue.
    case direct

    /// - Parameters:
    ///   - colorCount: terminfo's `colors`.
    ///   - saysDirect: whether terminfo has the flag that says so; the count alone is a guess.
    init(colorCount: Int, saysDirect: Bool) {
        switch colorCount {
        case (1 << 24)... where saysDirect: self = .direct
        case 256..<(1 << 24): self = saysDirect ? .eight : .indexed
        case (1 << 24)...: self = .eight
        case 16..<256: self = .sixteen
        case 8..<16: self = .eight
        default: self = .mono
        }
    }
}
