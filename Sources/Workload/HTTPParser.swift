// SPDX-License-Identifier: Apache-2.0

package typealias HTTPRequest = HTTPMessage<HTTPRequestLine>
package typealias HTTPResponse = HTTPMessage<HTTPStatusLine>
package typealias HTTPRequestParser = HTTPParser<HTTPRequestLine>
package typealias HTTPResponseParser = HTTPParser<HTTPStatusLine>

/// An incremental HTTP/1 parser: a pure value that is fed whatever a read returned.
///
/// It cuts the bytes into lines. A line that lies whole in what was fed is parsed in place; only a
/// line that a read has cut in two is copied. However the bytes are split, the messages and the
/// error are the same: a test feeds every input in one piece and in random ones.
///
/// Strict where leniency has been a weakness of real servers: lines end in CRLF, no space before a
/// field's colon, no folded fields, no two lengths that differ, no length beside a transfer coding.
package struct HTTPParser<Start: HTTPStartLine>: Sendable {
    /// What the bytes so far have made of the message.
    private enum State {
        /// Between messages or inside the first line; empty lines are skipped here.
        case startLine
        /// The first line is read; fields follow until an empty line.
        case fields
        /// The head is read; this many bytes of body follow.
        case body(remaining: Int)
        /// Nothing more is read: where the next message would begin is unknown.
        case failed(HTTPParseError)
    }

    private var state = State.startLine
    /// The part of the current line that earlier feeds brought.
    private var partialLine: [UInt8] = []
    /// Bytes of the current head in complete lines.
    private var headBytes = 0
    private var message: HTTPMessage<Start>?
    private var fields = HTTPHeadFields()

    private let headLimit: Int
    private let bodyLimit: Int

    /// - Parameters:
    ///   - headLimit: the largest head in bytes, first line and empty line included.
    ///   - bodyLimit: the largest body in bytes.
    package init(headLimit: Int = 16 * 1024, bodyLimit: Int = 1 << 20) {
        self.headLimit = headLimit
        self.bodyLimit = bodyLimit
    }

    /// Whether the peer may close the connection here without cutting a message short.
    package var isBetweenMessages: Bool {
        if case .startLine = state { return headBytes == 0 && partialLine.isEmpty }
        return false
    }

    /// Takes the next bytes of the connection and appends every message that they complete.
    ///
    /// Messages before a fault are appended before the error is thrown; from then on every call
    /// throws that error.
    package mutating func feed(
        _ bytes: Span<UInt8>,
        into messages: inout [HTTPMessage<Start>]
    ) throws(HTTPParseError) {
        do throws(HTTPParseError) {
            var index = 0
            while index < bytes.count {
                switch state {
                case .startLine, .fields:
                    try takeLine(bytes, at: &index)
                case .body(let remaining):
                    takeBody(bytes, at: &index, remaining: remaining)
                case .failed(let error):
                    throw error
                }
                if case .body(0) = state { finish(into: &messages) }
            }
        } catch {
            state = .failed(error)
            throw error
        }
    }

    /// Takes the rest of the current line, or everything where its end is not here yet.
    private mutating func takeLine(
        _ bytes: Span<UInt8>,
        at index: inout Int
    ) throws(HTTPParseError) {
        let start = index
        let end = bytes.firstIndex(of: .lineFeed, from: start)
        index = end.map { $0 + 1 } ?? bytes.count
        guard headBytes + partialLine.count + (index - start) <= headLimit else {
            throw .headTooLarge
        }
        guard end != nil else {
            for position in start..<index { partialLine.append(bytes[position]) }
            return
        }
        if partialLine.isEmpty {
            headBytes += index - start
            try take(line: bytes.extracting(start..<index))
        } else {
            for position in start..<index { partialLine.append(bytes[position]) }
            headBytes += partialLine.count
            let line = partialLine
            partialLine.removeAll(keepingCapacity: true)
            try take(line: line.span)
        }
    }

    /// Reads one line, its line end included.
    private mutating func take(line: Span<UInt8>) throws(HTTPParseError) {
        let count = line.count - 2
        guard count >= 0, line[count] == .carriageReturn else { throw .malformed }
        let content = line.extracting(0..<count)
        guard content.firstIndex(of: .carriageReturn) == nil else { throw .malformed }
        if case .startLine = state {
            // RFC 9112 §2.2: empty lines before the first line are no error.
            if content.isEmpty { return }
            let (start, minorVersion) = try Start.parse(content)
            message = HTTPMessage(start: start, minorVersion: minorVersion)
            fields = HTTPHeadFields()
            state = .fields
        } else if content.isEmpty {
            try finishHead()
        } else {
            try fields.take(content)
        }
    }

    private mutating func finishHead() throws(HTTPParseError) {
        guard var message else { throw .malformed }
        if fields.hasTransferCoding { throw .unsupportedCoding }
        if Start.needsHost, message.minorVersion == 1, fields.hostCount != 1 { throw .malformed }
        if fields.contentLength == nil, !message.start.endsWithHead { throw .lengthRequired }
        let length = fields.contentLength ?? 0
        guard length <= bodyLimit else { throw .bodyTooLarge }
        message.contentLength = length
        message.keepAlive =
            fields.wantsClose ? false : message.minorVersion == 1 || fields.wantsKeepAlive
        self.message = message
        state = .body(remaining: length)
    }

    private mutating func takeBody(_ bytes: Span<UInt8>, at index: inout Int, remaining: Int) {
        let count = Swift.min(remaining, bytes.count - index)
        if Start.keepsBody {
            for position in index..<index + count { message?.body.append(bytes[position]) }
        }
        index += count
        state = .body(remaining: remaining - count)
    }

    private mutating func finish(into messages: inout [HTTPMessage<Start>]) {
        if let message { messages.append(message) }
        message = nil
        headBytes = 0
        state = .startLine
    }
}
