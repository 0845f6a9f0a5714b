// SPDX-License-Identifier: Apache-2.0

import Dashboard
import TestSupport
import Testing

@testable import Terminal

/// A million inputs such as nobody types, from a seed that is printed.
@Suite struct InputDecoderFuzzTests {
    private static let rounds = 1_000_000
    private let start = ContinuousClock.now

    @Test func `whatever has come in, a second later a key means itself`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("Seed of the input fuzzing: \(seed)")
        var random = SeededRandom(seed: seed)
        // Put together from a pool, since making each anew would be nearly all of the work.
        let pool = (0..<8192).map { _ in Self.piece(&random) }
        let keys = [Array("\u{1B}[25~".utf8): Key.home, Array("\u{1B}OA".utf8): .up]
        var whole = InputDecoder(keys: keys, mouse: true)
        var parts = whole
        var now = start
        var eventCount = 0
        for round in 0..<Self.rounds {
            let bytes = Self.input(&random, of: pool)
            now += .milliseconds(random.below(30))
            let events = whole.decode(bytes, at: now)
            var pieces: [InputEvent] = []
            var rest = bytes[...]
            while !rest.isEmpty {
                let piece = rest.prefix(1 + random.below(rest.count))
                pieces += parts.decode(piece, at: now)
                rest = rest.dropFirst(piece.count)
            }
            guard events == pieces, events.count <= bytes.count + 1 else {
                Issue.record("Seed \(seed), round \(round): \(bytes) gave \(events), \(pieces)")
                return
            }
            eventCount += events.count
            guard round.isMultiple(of: 16) else { continue }
            now += InputDecoder.patience
            let expected = [InputEvent.key(.character("q"))]
            let answer = [whole.decode([0x71], at: now), parts.decode([0x71], at: now)]
            // An Esc that was left open is a key by then.
            guard answer.allSatisfy({ $0.suffix(1) == expected && $0.count <= 2 }) else {
                Issue.record("Seed \(seed), round \(round): after \(bytes), q gave \(answer)")
                return
            }
        }
        #expect(eventCount > Self.rounds / 2, "seed \(seed): the inputs hardly mean anything")
    }

    /// Random bytes, and whole, cut and damaged sequences.
    private static func input(_ random: inout SeededRandom, of pool: [[UInt8]]) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<1 + random.below(3) { bytes += pool[random.below(pool.count)] }
        if random.below(8) == 0, !bytes.isEmpty {
            bytes[random.below(bytes.count)] = UInt8(random.below(256))
        }
        if random.below(4) == 0 { bytes.removeLast(random.below(bytes.count)) }
        return bytes
    }

    private static func piece(_ random: inout SeededRandom) -> [UInt8] {
        let numbers = [0, 1, 2, 5, 32, 64, 65, 80, 223, 255, 65_535, 65_536, Int.max]
        func number() -> String { String(numbers[random.below(numbers.count)]) }
        let finals = Array("ABCDFHIMPQRSZmn~u^@".utf8)
        let final = Character(Unicode.Scalar(finals[random.below(finals.count)]))
        switch random.below(10) {
        case 0: return (0..<1 + random.below(12)).map { _ in UInt8(random.below(256)) }
        case 1: return [UInt8(0x20 + random.below(0x5F))]
        case 2: return Array("\u{1B}[<\(number());\(number());\(number())M".utf8)
        case 3: return Array("\u{1B}[\(number());\(number())\(final)".utf8)
        case 4: return Array("\u{1B}O\(final)".utf8)
        case 5: return Array("\u{1B}[M".utf8) + (0..<3).map { _ in UInt8(random.below(256)) }
        case 6: return Array(["ä", "→", "😀", "\u{1B}", "\u{1B}[[A", "\t"][random.below(6)].utf8)
        case 7:
            let marks = ["\u{1B}[200~q", "\u{1B}[201~", "\u{1B}]0;x\u{07}"]
            return Array(marks[random.below(marks.count)].utf8)
        case 8: return Array("\u{1B}[".utf8) + Array(repeating: 0x39, count: random.below(200))
        default: return [UInt8(random.below(32))]
        }
    }
}
