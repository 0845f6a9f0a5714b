// SPDX-License-Identifier: Apache-2.0

/// The answer that the server gives to a request, or to bytes that were none.
package struct HTTPAnswer: Equatable, Sendable {
    var status = 200
    var body: String
    package var keepAlive: Bool
    var headOnly = false
    /// HTTP/1.0 clients must be told that the connection stays; others assume it.
    var announcesKeepAlive = false

    /// The answer to a request that came through whole.
    package init(to request: HTTPRequest) {
        keepAlive = request.keepAlive
        announcesKeepAlive = request.keepAlive && request.minorVersion == 0
        switch request.start.method {
        case "GET":
            body = HTTPAnswer.body(for: request.start.target)
        case "HEAD":
            body = HTTPAnswer.body(for: request.start.target)
            headOnly = true
        case "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH":
            status = 405
            body = "This server answers GET and HEAD.\n"
        default:
            status = 501
            body = "This server does not know the method.\n"
        }
    }

    /// The answer to bytes that are no request; the connection cannot go on after it.
    init(to error: HTTPParseError) {
        status = error.status
        body = "\(HTTPAnswer.reason(error.status)).\n"
        keepAlive = false
    }

    /// What a client checks its answer against: it names the request.
    package static func body(for target: String) -> String {
        "pooltop answers \(target)\n"
    }

    package var bytes: [UInt8] {
        var text = "HTTP/1.1 \(status) \(HTTPAnswer.reason(status))\r\n"
        text += "Content-Type: text/plain; charset=utf-8\r\nContent-Length: \(body.utf8.count)\r\n"
        if status == 405 { text += "Allow: GET, HEAD\r\n" }
        if !keepAlive {
            text += "Connection: close\r\n"
        } else if announcesKeepAlive {
            text += "Connection: keep-alive\r\n"
        }
        text += "\r\n"
        if !headOnly { text += body }
        return Array(text.utf8)
    }

    private static func reason(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 400: "Bad Request"
        case 405: "Method Not Allowed"
        case 413: "Content Too Large"
        case 431: "Request Header Fields Too Large"
        case 501: "Not Implemented"
        case 505: "HTTP Version Not Supported"
        default: "Unknown"
        }
    }
}
