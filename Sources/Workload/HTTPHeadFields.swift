// SPDX-License-Identifier: Apache-2.0

/// The few fields of a head that decide where a message ends and what comes after it.
///
/// All other fields are checked for their form and dropped; `Expect` is one of them, since an
/// answer to a request whose body is only skipped may come at any time.
struct HTTPHeadFields: Sendable {
    private(set) var contentLength: Int?
    private(set) var hasTransferCoding = false
    private(set) var wantsClose = false
    private(set) var wantsKeepAlive = false
    private(set) var hostCount = 0

    /// Reads one field line without its CRLF.
    mutating func take(_ line: Span<UInt8>) throws(HTTPParseError) {
        guard let colon = line.firstIndex(of: .colon), colon > 0 else { throw .malformed }
        // A space before the colon, or a folded line, which starts with one, is caught here.
        for index in 0..<colon where !line[index].isToken { throw .malformed }
        var start = colon + 1
        var end = line.count
        while start < end, line[start] == .space || line[start] == .tab { start += 1 }
        while end > start, line[end - 1] == .space || line[end - 1] == .tab { end -= 1 }
        for index in start..<end where !line[index].isFieldContent { throw .malformed }

        if line.matches("content-length", from: 0, to: colon) {
            try takeLength(line, from: start, to: end)
        } else if line.matches("connection", from: 0, to: colon) {
            takeConnection(line, from: start, to: end)
        } else if line.matches("transfer-encoding", from: 0, to: colon) {
            hasTransferCoding = true
        } else if line.matches("host", from: 0, to: colon) {
            hostCount += 1
        }
    }

    private mutating func takeLength(
        _ line: Span<UInt8>,
        from start: Int,
        to end: Int
    ) throws(HTTPParseError) {
        guard start < end else { throw .malformed }
        var length = 0
        for index in start..<end {
            guard line[index].isDigit else { throw .malformed }
            let digit = Int(line[index] - UInt8(ascii: "0"))
            let (product, overflow) = length.multipliedReportingOverflow(by: 10)
            let (sum, overflow2) = product.addingReportingOverflow(digit)
            guard !overflow, !overflow2 else { throw .bodyTooLarge }
            length = sum
        }
        // Two different lengths are how requests are smuggled past a proxy.
        if let contentLength, contentLength != length { throw .malformed }
        contentLength = length
    }

    /// Reads a comma-separated list of connection options.
    private mutating func takeConnection(_ line: Span<UInt8>, from start: Int, to end: Int) {
        var start = start
        while start < end {
            var stop = start
            while stop < end, line[stop] != .comma { stop += 1 }
            var first = start
            var last = stop
            while first < last, line[first] == .space || line[first] == .tab { first += 1 }
            while last > first, line[last - 1] == .space || line[last - 1] == .tab { last -= 1 }
            if line.matches("close", from: first, to: last) { wantsClose = true }
            if line.matches("keep-alive", from: first, to: last) { wantsKeepAlive = true }
            start = stop + 1
        }
    }
}
