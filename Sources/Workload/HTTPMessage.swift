// SPDX-License-Identifier: Apache-2.0

/// The first line of an HTTP/1 message, which is all in which requests and responses differ here.
package protocol HTTPStartLine: Equatable, Sendable {
    /// Whether the body is handed over with the message; otherwise its bytes are skipped.
    static var keepsBody: Bool { get }

    /// Whether HTTP/1.1 demands a `Host` field of such a message.
    static var needsHost: Bool { get }

    /// Reads a line without its CRLF, and the minor version that it names.
    static func parse(_ line: Span<UInt8>) throws(HTTPParseError) -> (Self, minorVersion: Int)

    /// Whether a message that names no `Content-Length` has an end all the same.
    var endsWithHead: Bool { get }
}

/// `GET /path HTTP/1.1`.
package struct HTTPRequestLine: HTTPStartLine {
    package static let keepsBody = false
    package static let needsHost = true

    package var method: String
    package var target: String

    package init(method: String, target: String) {
        self.method = method
        self.target = target
    }

    /// A request without `Content-Length` has no body.
    package var endsWithHead: Bool { true }

    package static func parse(
        _ line: Span<UInt8>
    ) throws(HTTPParseError) -> (HTTPRequestLine, minorVersion: Int) {
        guard let methodEnd = line.firstIndex(of: .space),
            let targetEnd = line.firstIndex(of: .space, from: methodEnd + 1),
            methodEnd > 0, targetEnd > methodEnd + 1
        else { throw .malformed }
        for index in 0..<methodEnd where !line[index].isToken { throw .malformed }
        for index in methodEnd + 1..<targetEnd where !line[index].isVisible { throw .malformed }
        let minor = try line.minorVersion(from: targetEnd + 1, to: line.count)
        let method = line.text(from: 0, to: methodEnd)
        let target = line.text(from: methodEnd + 1, to: targetEnd)
        return (HTTPRequestLine(method: method, target: target), minor)
    }
}

/// `HTTP/1.1 200 OK`.
package struct HTTPStatusLine: HTTPStartLine {
    package static let keepsBody = true
    package static let needsHost = false

    package var status: Int

    package init(status: Int) {
        self.status = status
    }

    /// Interim answers, 204 and 304 have no body; others would go on until the connection closes.
    package var endsWithHead: Bool { status < 200 || status == 204 || status == 304 }

    package static func parse(
        _ line: Span<UInt8>
    ) throws(HTTPParseError) -> (HTTPStatusLine, minorVersion: Int) {
        guard let versionEnd = line.firstIndex(of: .space), line.count >= versionEnd + 4 else {
            throw .malformed
        }
        let minor = try line.minorVersion(from: 0, to: versionEnd)
        var status = 0
        for index in versionEnd + 1..<versionEnd + 4 {
            guard line[index].isDigit else { throw .malformed }
            status = status * 10 + Int(line[index] - UInt8(ascii: "0"))
        }
        guard status >= 100 else { throw .malformed }
        if line.count > versionEnd + 4, line[versionEnd + 4] != .space { throw .malformed }
        return (HTTPStatusLine(status: status), minor)
    }
}

/// A whole message, its body included or skipped.
package struct HTTPMessage<Start: HTTPStartLine>: Equatable, Sendable {
    package var start: Start
    /// 0 or 1.
    package var minorVersion: Int
    /// Whether the sender means to use the connection again.
    package var keepAlive: Bool
    package var contentLength: Int
    /// Empty where ``HTTPStartLine/keepsBody`` is false.
    package var body: [UInt8]

    package init(
        start: Start,
        minorVersion: Int = 1,
        keepAlive: Bool = true,
        contentLength: Int = 0,
        body: [UInt8] = []
    ) {
        self.start = start
        self.minorVersion = minorVersion
        self.keepAlive = keepAlive
        self.contentLength = contentLength
        self.body = body
    }
}

/// Why a peer's bytes are no HTTP/1 message that we take.
package enum HTTPParseError: Error, Equatable {
    /// Not the grammar of RFC 9112.
    case malformed
    /// The head is longer than the parser's limit.
    case headTooLarge
    /// The body is longer than the parser's limit.
    case bodyTooLarge
    /// A transfer coding, such as chunked, which this server does not take.
    case unsupportedCoding
    /// A version other than 1.0 and 1.1.
    case unsupportedVersion
    /// A response whose end only the end of the connection would tell.
    case lengthRequired

    /// The status with which a server answers.
    package var status: Int {
        switch self {
        case .malformed, .lengthRequired: 400
        case .headTooLarge: 431
        case .bodyTooLarge: 413
        case .unsupportedCoding: 501
        case .unsupportedVersion: 505
        }
    }
}
