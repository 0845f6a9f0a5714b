// SPDX-License-Identifier: Apache-2.0

import Telemetry
import Testing

@testable import Dashboard

/// Whole screens of all panes and of all that lies over them; `Sample` says what they show.
struct GoldenTests {
    private static let sizes = [(40, 15), (60, 20), (80, 24), (120, 36), (200, 60)]

    /// What lies over the panes, by the keys that lead there from a pane.
    private static let overlays: [(name: String, panes: [Pane], keys: [Key])] = [
        ("zoom", Pane.allCases, [.character("z")]),
        ("big", [.workers], [.character("b")]),
        ("help", Pane.allCases, [.character("?")]),
        ("help, its end", [.workers], [.character("?"), .end]),
        ("detail", Pane.allCases, [.enter]),
        ("detail of a function", [.machines], [.home, .enter]),
        ("the question before a cancellation", [.machines], [.down, .down, .character("x")]),
        ("knobs", [.workers], [.character("o"), .character("+")]),
        ("knobs, the last", [.workers], [.character("o"), .end]),
        ("event log", [.port], [.character("l")]),
        ("scenario", [.port], [.character("w")]),
        ("scenario, its end", [.port], [.character("w"), .end]),
        ("chart", [.workers], [.character("c")]),
        ("chart of half a minute", [.workers], [.character("c"), .character(">")]),
        ("chart, hill climbing", [.workers], [.character("c"), .enter]),
    ]

    @Test(arguments: sizes) func `each pane, and all that lies over it`(
        columns: Int,
        rows: Int
    ) throws {
        try GoldenFile(name: "\(columns)x\(rows)").expect(
            Self.screens(columns, rows, .unicode, overlays: Self.overlays)
        )
    }

    @Test(arguments: sizes) func `the same in ASCII`(columns: Int, rows: Int) throws {
        let overlays = Self.overlays.map { overlay in
            (overlay.name, [overlay.panes[overlay.panes.count - 1]], overlay.keys)
        }
        try GoldenFile(name: "\(columns)x\(rows)-ascii").expect(
            Self.screens(columns, rows, .ascii, overlays: overlays)
        )
    }

    /// A terminal without colours shows glyphs, words, and what it makes of the styles.
    @Test(arguments: sizes) func `the styles, a letter each`(columns: Int, rows: Int) throws {
        let keys: [(String, [Key])] = [
            ("port", []), ("workers", [.character("3")]),
            ("machines, detail", [.character("4"), .enter]), ("knobs", [.character("o")]),
            ("chart", [.character("c")]), ("big", [.character("b")]),
        ]
        try GoldenFile(name: "\(columns)x\(rows)-styles").expect(
            keys.map { name, keys in
                let frame = view(Sample.model(columns, rows, keys: keys))
                return .init(name: name, rows: StyleLetters.rows(of: frame))
            }
        )
    }

    @Test func `screens at the edge of what is possible`() throws {
        func screen(_ name: String, _ columns: Int, _ rows: Int, _ keys: Key...) -> Screen {
            Screen(name: name, rows: view(Sample.model(columns, rows, keys: keys)).lines)
        }
        var crowded = Sample.model(100, 30, keys: [.character("3")])
        var snapshot = Sample.snapshot(at: 104)
        var context = RuntimeSnapshot.SchedulerRow(name: "context")
        context.thread = "context-ui"
        context.state = .blocked
        context.queued = 9
        context.machine = 12
        context.sinceMicroseconds = 1_200_000
        context.busyPercent = 100
        var limited = RuntimeSnapshot.SchedulerRow(name: "limited")
        limited.state = .running
        limited.running = 1
        limited.limit = 2
        snapshot.schedulers = [context, limited]
        _ = update(&crowded, .snapshot(snapshot))
        try GoldenFile(name: "edges").expect([
            Screen(name: "a context and a scheduler", rows: view(crowded).lines),
            screen("the smallest screen", 20, 6, .character("2")),
            screen("too small a screen", 19, 6),
            screen("the smallest chart", 20, 6, .character("c")),
            screen("ten rows, chart", 40, 10, .character("c")),
            screen("ten rows, workers", 40, 10, .character("3")),
            screen("big, on the smallest screen", 20, 6, .character("b")),
            screen("big, without captions", 80, 24, .character("b"), .character("C"), .escape),
            screen("zoom, on the smallest screen", 20, 6, .character("z")),
            screen("a minimum that is asked for", 80, 24, .character("3"), .character("+")),
            screen("machines by age", 80, 24, .character("4"), .character(">")),
            screen("machines further down", 80, 24, .character("4"), .pageDown, .pageDown),
        ])
    }

    private typealias Screen = GoldenFile.Screen

    private static func screens(
        _ columns: Int,
        _ rows: Int,
        _ glyphs: Glyphs,
        overlays: [(name: String, panes: [Pane], keys: [Key])]
    ) -> [Screen] {
        var screens: [Screen] = []
        for pane in Pane.allCases {
            let digit = Key.character(Character("\(pane.rawValue)"))
            let below = view(Sample.model(columns, rows, glyphs: glyphs, keys: [digit])).lines
            screens.append(Screen(name: pane.name, rows: below))
            for overlay in overlays where overlay.panes.contains(pane) {
                let model = Sample.model(
                    columns,
                    rows,
                    glyphs: glyphs,
                    keys: [digit] + overlay.keys
                )
                let name = "\(pane.name), \(overlay.name)"
                screens.append(Screen(name: name, rows: view(model).lines, below: below))
            }
        }
        return screens
    }
}
