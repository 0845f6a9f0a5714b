// SPDX-License-Identifier: Apache-2.0

import Telemetry
import Testing

@testable import Dashboard

struct ViewTests {
    @Test(arguments: [(40, 15), (80, 24), (120, 36), (200, 60)])
    func `books that do not balance are drawn as a cross`(columns: Int, rows: Int) {
        var snapshot = Sample.snapshot(at: 103)
        snapshot.operations.completed -= 1
        var model = Sample.model(columns, rows)
        #expect(view(model).lines[1].hasSuffix("✓ books"))
        _ = update(&model, .snapshot(snapshot))
        let frame = view(model)
        #expect(frame.lines[1].hasSuffix("✗ books"))
        #expect(frame.lines[2].hasPrefix(" ✗ The books do not balance"))
        #expect(frame.cell(column: columns - 2, row: 1)?.style == .bad)
    }

    @Test func `a diagnosis takes the caption's place`() {
        var snapshot = Sample.snapshot(at: 103)
        snapshot.diagnoses = ["No descriptors are left: 20 000 are open."]
        var model = Sample.model(80, 24)
        _ = update(&model, .snapshot(snapshot))
        #expect(view(model).lines[2] == " ▲ No descriptors are left: 20 000 are open.")
    }

    @Test func `a screen without data waits`() {
        let model = Model(size: Size(columns: 80, rows: 24), glyphs: .unicode)
        let lines = view(model).lines
        #expect(lines[0].hasSuffix("○ no data yet"))
        #expect(lines[2] == " Waiting for the first numbers of the runtime.")
    }

    @Test func `ASCII screens hold ASCII only`() {
        let sizes = [(200, 60), (80, 24), (60, 20), (20, 6), (10, 2)]
        for (columns, rows) in sizes {
            for keys in [[], [Key.character("?")]] {
                let frame = view(Sample.model(columns, rows, glyphs: .ascii, keys: keys))
                let others = frame.cells.filter { !$0.scalar.isASCII }
                #expect(others.isEmpty)
            }
        }
    }

    @Test func `wide and combining characters do not move their neighbours`() {
        var frame = Frame(size: Size(columns: 8, rows: 1))
        frame.draw("a日e\u{301}🙂\u{200D}b\tc", column: 0, row: 0, in: frame.bounds)
        #expect(frame.lines == ["a???b?c"])
    }

    @Test func `drawing is clipped on all sides`() {
        var frame = Frame(size: Size(columns: 4, rows: 2))
        let far = Rect(column: -5, row: -5, columns: 50, rows: 50)
        frame.draw("abcdef", column: -2, row: 0, in: far)
        frame.draw("xyz", column: 3, row: 1, in: far)
        frame.draw("never", column: 0, row: 2, in: far)
        frame.fill(Rect(column: 1, row: -1, columns: 1, rows: 9), .title)
        #expect(frame.lines == ["c ef", "   x"])
    }

    @Test func `view never traps`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix64(state: seed)
        for round in 0..<600 {
            var model = Model(
                size: Size(
                    columns: .random(in: 1...300, using: &random),
                    rows: .random(in: 1...100, using: &random)
                ),
                glyphs: Bool.random(using: &random) ? .unicode : .ascii
            )
            for _ in 0..<Int.random(in: 0...12, using: &random) {
                let message: Message =
                    switch Int.random(in: 0..<8, using: &random) {
                    case 0, 1: .snapshot(RandomSnapshot.make(using: &random))
                    case 2, 3: .key(RandomSnapshot.key(using: &random))
                    case 4: .mouse(RandomSnapshot.mouse(using: &random))
                    case 5: .cost(RandomSnapshot.cost(using: &random))
                    case 6: .standardError([RandomSnapshot.text(using: &random)])
                    default:
                        .resize(
                            Size(
                                columns: .random(in: 1...300, using: &random),
                                rows: .random(in: 1...100, using: &random)
                            )
                        )
                    }
                _ = update(&model, message)
            }
            let frame = view(model)
            #expect(
                frame.cells.count == model.size.columns * model.size.rows,
                "seed \(seed), round \(round)"
            )
        }
        print("view never traps: seed \(seed)")
    }
}
