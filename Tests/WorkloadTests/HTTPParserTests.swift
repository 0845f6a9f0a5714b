// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Workload

@Suite struct HTTPParserTests {
    @Test func `a plain request is parsed`() throws {
        let requests = try parse("GET /a?b=c HTTP/1.1\r\nHost: x\r\nUser-Agent: t\r\n\r\n")
        let expected = HTTPRequest(start: HTTPRequestLine(method: "GET", target: "/a?b=c"))
        #expect(requests == [expected])
    }

    @Test func `pipelined requests come out in order and bodies are skipped`() throws {
        let requests = try parse(
            "\r\nPOST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
                + "GET /2 HTTP/1.0\r\n\r\nGET /3 HTTP/1.1\r\nhost:x\r\nConnection: close\r\n\r\n"
        )
        #expect(requests.map(\.start.target) == ["/1", "/2", "/3"])
        #expect(requests.map(\.keepAlive) == [true, false, false])
        #expect(requests.map(\.contentLength) == [5, 0, 0])
        #expect(requests.allSatisfy { $0.body.isEmpty })
    }

    @Test(arguments: [
        ("Connection: keep-alive", 0, true), ("Connection: Keep-Alive", 0, true),
        ("X: y", 0, false), ("X: y", 1, true), ("Connection: close", 1, false),
        ("CONNECTION: foo ,\tClose", 1, false), ("Connection: keep-alive, close", 0, false),
    ])
    func `keep-alive follows version and field`(
        field: String,
        minor: Int,
        keepAlive: Bool
    ) throws {
        let requests = try parse("GET / HTTP/1.\(minor)\r\nHost: x\r\n\(field)\r\n\r\n")
        #expect(requests.map(\.keepAlive) == [keepAlive])
    }

    @Test(arguments: [
        "GET / HTTP/1.1\nHost: x\n\n", "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", "GET  / HTTP/1.1\r\n", "GET /\r\n",
        " GET / HTTP/1.1\r\n", "GET / http/1.1\r\n", "GET / HTTP/1.1 \r\n",
        "G\u{7}T / HTTP/1.1\r\n",
        "GET /\u{E9} HTTP/1.1\r\n", "GET / HTTP/1.1\rX\r\n",
        "GET / HTTP/1.1\r\nContent-Length: -1\r\n", "GET / HTTP/1.1\r\nContent-Length:\r\n",
        "GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n",
        "GET / HTTP/1.1\r\n: x\r\n", "GET / HTTP/1.1\r\nno colon\r\n",
        "GET / HTTP/1.1\r\nA: b\u{0}c\r\n",
    ])
    func `what is not the grammar is refused`(text: String) {
        #expect(throws: HTTPParseError.malformed) { try parse(text) }
    }

    @Test func `limits and foreign features have errors of their own`() {
        #expect(throws: HTTPParseError.unsupportedVersion) { try parse("GET / HTTP/2.0\r\n") }
        #expect(throws: HTTPParseError.headTooLarge) {
            try parse("GET /\(String(repeating: "a", count: 17_000)) HTTP/1.1\r\n")
        }
        #expect(throws: HTTPParseError.headTooLarge) {
            try parse("GET / HTTP/1.1\r\n" + String(repeating: "A: b\r\n", count: 3000))
        }
        #expect(throws: HTTPParseError.bodyTooLarge) {
            try parse("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n\r\n")
        }
        #expect(throws: HTTPParseError.bodyTooLarge) {
            try parse("GET / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n")
        }
        #expect(throws: HTTPParseError.unsupportedCoding) {
            try parse("GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        }
    }

    @Test func `messages before a fault are kept and the parser stays failed`() {
        var parser = HTTPRequestParser()
        var requests: [HTTPRequest] = []
        let bytes = Array("GET / HTTP/1.1\r\nHost: x\r\n\r\nrubbish\r\n".utf8)
        #expect(throws: HTTPParseError.malformed) { try parser.feed(bytes.span, into: &requests) }
        #expect(requests.count == 1)
        let more = Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8)
        #expect(throws: HTTPParseError.malformed) { try parser.feed(more.span, into: &requests) }
        #expect(requests.count == 1)
    }

    @Test func `a response brings its body`() throws {
        var parser = HTTPResponseParser()
        var responses: [HTTPResponse] = []
        let text =
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP/1.0 204 \r\n\r\n"
            + "HTTP/1.1 500\r\nContent-Length: 0\r\n\r\n"
        for byte in text.utf8 {
            let one = [byte]
            try parser.feed(one.span, into: &responses)
        }
        #expect(responses.map(\.start.status) == [200, 204, 500])
        #expect(responses.map(\.body) == [Array("abc".utf8), [], []])
        #expect(responses.map(\.keepAlive) == [true, false, true])
        #expect(parser.isBetweenMessages)
    }

    @Test func `a response of unknown length is refused`() {
        var parser = HTTPResponseParser()
        var responses: [HTTPResponse] = []
        let bytes = Array("HTTP/1.1 200 OK\r\n\r\n".utf8)
        #expect(throws: HTTPParseError.lengthRequired) {
            try parser.feed(bytes.span, into: &responses)
        }
    }

    @discardableResult
    private func parse(_ text: String) throws -> [HTTPRequest] {
        var parser = HTTPRequestParser()
        var requests: [HTTPRequest] = []
        // Latin-1, so that a test can name any byte.
        let bytes = text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
        try parser.feed(bytes.span, into: &requests)
        return requests
    }
}
