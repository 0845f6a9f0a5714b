// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Workload

@Suite struct HTTPParserFuzzTests {
    /// What a connection's bytes came to.
    private struct Outcome<Start: HTTPStartLine>: Equatable {
        var messages: [HTTPMessage<Start>] = []
        var error: HTTPParseError?
    }

    /// Two halves, which run side by side where there are two processors.
    @Test(arguments: 1...2)
    func `a million inputs come to the same in one piece and in many`(half: Int) {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("HTTP parser fuzz, half \(half) of 2: seed \(seed)")
        var random = SeededRandom(seed: seed)
        var input: [UInt8] = []
        var complete = 0
        for number in 0..<500_000 {
            fill(&input, &random)
            let cuts = (0..<3).map { _ in Int.random(in: 0...input.count, using: &random) }.sorted()
            let isSame: Bool
            if number.isMultiple(of: 2) {
                let whole: Outcome<HTTPRequestLine> = outcome(of: input, cuts: [])
                isSame = whole == outcome(of: input, cuts: cuts)
                complete += whole.messages.count
            } else {
                let whole: Outcome<HTTPStatusLine> = outcome(of: input, cuts: [])
                isSame = whole == outcome(of: input, cuts: cuts)
                complete += whole.messages.count
            }
            if !isSame {
                Issue.record("seed \(seed), input \(number), cuts \(cuts): \(input)")
                return
            }
        }
        // Were no input ever whole, the fuzzer would exercise nothing behind the first line.
        #expect(complete > 2_000)
    }

    private static let pieces: [[UInt8]] = [
        "GET / HTTP/1.1\r\nHost:x\r\n", "HEAD /a HTTP/1.0\r\n", "HTTP/1.1 200 OK\r\n", "\r\n",
        "\r\n",
        "\r\n", "Content-Length: 3\r\n", "Content-Length:0\r\n", "Connection: close\r\n", "abc",
        "\n",
        "\r", ":", " ", "Transfer-Encoding: x\r\n", "A:\tb \r\n", "HTTP/1.0 204 \r\n", "9",
    ].map { Array($0.utf8) }

    /// A few pieces of HTTP one after the other, now and then with a byte changed.
    private func fill(_ input: inout [UInt8], _ random: inout SeededRandom) {
        input.removeAll(keepingCapacity: true)
        var choices = random.next()
        for _ in 0..<1 + Int(choices % 4) {
            choices >>= 5
            let index = Int(choices & 31) % HTTPParserFuzzTests.pieces.count
            input.append(contentsOf: HTTPParserFuzzTests.pieces[index])
        }
        if choices & 0x700 == 0 {
            let position = Int.random(in: 0..<input.count, using: &random)
            input[position] = UInt8(truncatingIfNeeded: random.next())
        }
    }

    private func outcome<Start>(of input: [UInt8], cuts: [Int]) -> Outcome<Start> {
        var parser = HTTPParser<Start>(headLimit: 60, bodyLimit: 100)
        var outcome = Outcome<Start>()
        var start = 0
        do throws(HTTPParseError) {
            for cut in cuts + [input.count] {
                try parser.feed(input.span.extracting(start..<cut), into: &outcome.messages)
                start = cut
            }
        } catch {
            outcome.error = error
        }
        return outcome
    }
}
