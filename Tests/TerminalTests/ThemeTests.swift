// SPDX-License-Identifier: Apache-2.0

import Dashboard
import Foundation
import Testing

@testable import Terminal

/// Themes can be read, and their states told apart.
struct ThemeTests {
    /// Styles that text or marks are drawn in.
    private static let states: [Style] = [.running, .blocked, .waiting, .warning]

    @Test(arguments: Theme.allCases, [ColorDepth.indexed, .direct])
    func `every style contrasts with its background`(theme: Theme, depth: ColorDepth) {
        guard theme != .mono else { return }
        let colors = ThemeColors(theme: theme, depth: depth)
        for style in Style.allCases {
            let pair = colors.pair(of: style)
            guard pair.foreground >= 0 else { continue }
            let ink = Self.luminance(pair.foreground, depth)
            if theme == .safe {
                // The background is unknown: black, white, or anything.
                #expect(Self.contrast(ink, 0) >= 3, "\(style) on black")
                #expect(Self.contrast(ink, 1) >= 3, "\(style) on white")
            } else {
                let least = theme == .contrast ? 7.0 : 4.5
                let paper = Self.luminance(pair.background, depth)
                // A border is no text.
                let needed = style == .border ? 3.0 : least
                #expect(Self.contrast(ink, paper) >= needed, "\(theme): \(style)")
            }
        }
    }

    @Test(arguments: Theme.allCases, [ColorDepth.eight, .sixteen, .indexed, .direct])
    func `states differ in colour or in weight`(theme: Theme, depth: ColorDepth) {
        let colors = ThemeColors(theme: theme, depth: depth)
        let looks = Self.states.map { style in
            [Int(colors.attributes(of: style)), Int(colors.pair(of: style).foreground)]
        }
        // Without colours glyph and word have to do; `blocked` still stands out.
        #expect(Set(looks).count >= (theme == .mono ? 3 : Self.states.count))
    }

    @Test(arguments: Theme.allCases, [ColorDepth.mono, .eight, .sixteen, .indexed, .direct])
    func `what is followed does not look like the chosen row`(theme: Theme, depth: ColorDepth) {
        let colors = ThemeColors(theme: theme, depth: depth)
        #expect(colors.attributes(of: .followed) != colors.attributes(of: .selected))
        let hasColors = theme != .mono && depth != .mono
        #expect((colors.pair(of: .followed) != colors.pair(of: .selected)) == hasColors)
    }

    @Test func `without colours no theme asks for one`() {
        for theme in Theme.allCases {
            for style in Style.allCases {
                #expect(ThemeColors(theme: theme, depth: .mono).pair(of: style) == .own)
            }
        }
        for style in Style.allCases {
            #expect(ThemeColors(theme: .mono, depth: .indexed).pair(of: style) == .own)
        }
    }

    @Test(arguments: [
        (0, false, ColorDepth.mono), (2, false, .mono), (8, false, .eight), (16, false, .sixteen),
        (88, false, .sixteen), (256, false, .indexed), (1 << 24, true, .direct),
        // Numbers of direct colours mean nothing where terminfo does not say that they are that.
        (1 << 24, false, .eight),
    ])
    func `the depth is what terminfo says`(count: Int, saysDirect: Bool, depth: ColorDepth) {
        #expect(ColorDepth(colorCount: count, saysDirect: saysDirect) == depth)
    }

    @Test func `few colours stay among those that there are`() {
        for theme in Theme.allCases {
            for (depth, count) in [(ColorDepth.eight, 8), (.sixteen, 16), (.indexed, 256)] {
                let colors = ThemeColors(theme: theme, depth: depth)
                for style in Style.allCases {
                    let pair = colors.pair(of: style)
                    #expect((-1..<Int32(count)).contains(pair.foreground))
                    #expect((-1..<Int32(count)).contains(pair.background))
                }
            }
        }
    }

    private static func contrast(_ one: Double, _ other: Double) -> Double {
        (max(one, other) + 0.05) / (min(one, other) + 0.05)
    }

    /// Relative luminance, as the web's rules for contrast define it.
    private static func luminance(_ color: Int32, _ depth: ColorDepth) -> Double {
        let (red, green, blue) = components(color, depth)
        func linear(_ value: Int32) -> Double {
            let share = Double(value) / 255
            return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }

    private static func components(
        _ color: Int32,
        _ depth: ColorDepth
    ) -> (red: Int32, green: Int32, blue: Int32) {
        if depth == .direct { return (color >> 16, color >> 8 & 0xFF, color & 0xFF) }
        if color >= 232 {
            let grey = 8 + 10 * (color - 232)
            return (grey, grey, grey)
        }
        let levels: [Int32] = [0, 95, 135, 175, 215, 255]
        let cube = Int(color) - 16
        return (levels[cube / 36], levels[cube / 6 % 6], levels[cube % 6])
    }
}
