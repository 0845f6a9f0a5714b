// SPDX-License-Identifier: Apache-2.0

import Dashboard
import Testing

@testable import Terminal

/// Bytes and times in, keys and mouse events out.
@Suite struct InputDecoderTests {
    private let start = ContinuousClock.now
    private var decoder = InputDecoder(keys: [Array("\u{1B}[25~".utf8): .home], mouse: true)

    @Test mutating func `characters of every length are keys`() {
        #expect(keys("qä→😀") == "qä→😀".map { Key.character($0) })
        #expect(keys("\u{01}\u{1A}") == [.control("a"), .control("z")])
        #expect(keys("\t\r\n\u{7F}\u{08}") == [.tab, .enter, .enter, .backspace, .backspace])
    }

    @Test mutating func `damaged characters press nothing and spoil nothing`() {
        let damaged: [[UInt8]] = [
            [0x80], [0xFF], [0xC0, 0x80], [0xE2, 0x86], [0xED, 0xA0, 0x80], [0xE0, 0x80, 0xAF],
            [0xF4, 0x90, 0x80, 0x80],
        ]
        for bytes in damaged {
            #expect(decoder.decode(bytes + [0x71], at: start) == [.key(.character("q"))])
        }
    }

    @Test mutating func `named keys are known with and without modifiers`() {
        #expect(keys("\u{1B}[A\u{1B}OB\u{1B}[1;5C\u{1B}[D") == [.up, .down, .right, .left])
        #expect(keys("\u{1B}[5~\u{1B}[6;2~") == [.pageUp, .pageDown])
        #expect(keys("\u{1B}[H\u{1B}[4~") == [.home, .end])
        #expect(keys("\u{1B}OP\u{1B}[[A\u{1B}[11~\u{1B}[21~") == [1, 1, 1, 10].map(Key.function))
        #expect(
            keys("\u{1B}Ok\u{1B}Om\u{1B}OM\u{1B}Or") == "+-".map(Key.character) + [.enter, "2"]
        )
        #expect(keys("\u{1B}[25~") == [.home], "what the terminal's description says goes first")
    }

    @Test mutating func `an unknown sequence does not press the letters in it`() {
        #expect(keys("\u{1B}[I\u{1B}[?1;2c\u{1B}[>0;95;0c\u{1B}[12;40Rq") == ["q"])
        #expect(keys("\u{1B}[99~\u{1B}O!\u{1B}[:1~q") == ["q"])
        let long = "\u{1B}[" + String(repeating: "7;", count: 10_000) + "~"
        #expect(keys(long + "q") == ["q"])
        #expect(keys("\u{1B}]11;rgb:ffff/ffff/ffff\u{07}+") == ["+"])
        #expect(keys("\u{1B}P1$r0m\u{1B}\\-") == ["-"])
    }

    @Test mutating func `Esc is a key when a pause follows, and then only`() {
        #expect(keys("\u{1B}") == [])
        let end = start + InputDecoder.escapePause
        #expect(decoder.undecidedUntil == end)
        #expect(decoder.settle(at: end - .milliseconds(1)) == [])
        #expect(decoder.settle(at: end) == [.key(.escape)])
        #expect(decoder.undecidedUntil == nil)
        #expect(keys("\u{1B}\u{1B}[A\u{1B}q") == [.escape, .up, .escape, "q"])
    }

    @Test mutating func `a sequence in pieces is one key unless it takes too long`() {
        #expect(keys("\u{1B}[") == [])
        #expect(keys("1;", after: .milliseconds(300)) == [])
        #expect(keys("5A", after: .milliseconds(600)) == [.up])
        #expect(keys("\u{1B}[", after: .milliseconds(600)) == [])
        #expect(keys("q", after: .milliseconds(1600)) == ["q"])
    }

    @Test mutating func `what is pasted presses nothing`() {
        #expect(keys("1\u{1B}[200~q\n\u{1B}[A\u{1B}[<0;1;1Mxx\u{1B}[201~2") == ["1", "2"])
        #expect(keys("\u{1B}[200~q") == [])
        #expect(decoder.undecidedUntil == nil)
        #expect(keys("q", after: .seconds(2)) == ["q"], "the end of that paste was lost")
    }

    @Test mutating func `presses, double presses and the wheel are told apart`() {
        #expect(mouse("\u{1B}[<0;10;5M\u{1B}[<0;10;5m") == [event(.press, 9, 4)])
        #expect(
            mouse("\u{1B}[<0;11;5M", after: .milliseconds(300)) == [event(.doublePress, 10, 4)]
        )
        #expect(mouse("\u{1B}[<0;11;5M", after: .milliseconds(350)) == [event(.press, 10, 4)])
        #expect(mouse("\u{1B}[<0;11;5M", after: .milliseconds(900)) == [event(.press, 10, 4)])
        #expect(mouse("\u{1B}[<0;11;6M", after: .milliseconds(901)) == [event(.press, 10, 5)])
        #expect(
            mouse("\u{1B}[<64;300;200M\u{1B}[<69;1;1M")
                == [event(.wheelUp, 299, 199), event(.wheelDown, 0, 0)]
        )
        #expect(mouse("\u{1B}[<1;1;1M\u{1B}[<2;1;1M\u{1B}[<32;4;4M\u{1B}[<66;1;1M") == [])
        #expect(mouse("\u{1B}[M !!\u{1B}[M#!!\u{1B}[M`!!").map(\.kind) == [.press, .wheelUp])
    }

    @Test mutating func `reports from nowhere are ignored`() {
        for report in [
            "0;0;1M", "0;1;0M", "0;99999999;1M", "0;999999999999999999999;1M", "-1;1;1M", ";;M",
            "0;1M", "0;1;1;1M", "0;1;1~", "99999;1;1M", "0;1;1:2M",
        ] {
            #expect(keys("\u{1B}[<" + report + "q") == ["q"], "\(report)")
        }
    }

    @Test func `without a mouse its reports press nothing`() {
        var decoder = InputDecoder(keys: [:], mouse: false)
        #expect(decoder.decode(Array("\u{1B}[<0;1;1Mq".utf8), at: start) == [.key("q")])
    }

    private mutating func keys(_ text: String, after delay: Duration = .zero) -> [Key] {
        decoder.decode(Array(text.utf8), at: start + delay).compactMap { event in
            if case .key(let key) = event { key } else { nil }
        }
    }

    private mutating func mouse(_ text: String, after delay: Duration = .zero) -> [MouseEvent] {
        decoder.decode(Array(text.utf8), at: start + delay).compactMap { event in
            if case .mouse(let event) = event { event } else { nil }
        }
    }

    private func event(_ kind: MouseEvent.Kind, _ column: Int, _ row: Int) -> MouseEvent {
        MouseEvent(kind: kind, column: column, row: row)
    }
}

extension Key: ExpressibleByExtendedGraphemeClusterLiteral {
    /// A key that sends a character.
    public init(extendedGraphemeClusterLiteral character: Character) {
        self = .character(character)
    }
}
