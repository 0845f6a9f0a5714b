// SPDX-License-Identifier: Apache-2.0

/// The character classes of RFC 9110 that heads are made of.
extension UInt8 {
    static let space = UInt8(ascii: " ")
    static let tab = UInt8(ascii: "\t")
    static let carriageReturn = UInt8(ascii: "\r")
    static let lineFeed = UInt8(ascii: "\n")
    static let colon = UInt8(ascii: ":")
    static let comma = UInt8(ascii: ",")

    var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }

    /// Letters and digits and fifteen marks: what methods and field names consist of.
    var isToken: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"): true
        case UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"): true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "_"): true
        case UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"): true
        default: false
        }
    }

    /// Printable ASCII without the space.
    var isVisible: Bool { self > 0x20 && self < 0x7F }

    /// What a field's value may hold: visible characters, bytes above ASCII, spaces and tabs.
    var isFieldContent: Bool { self >= 0x20 && self != 0x7F || self == .tab }

    fileprivate var lowercased: UInt8 {
        self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") ? self | 0x20 : self
    }
}

/// Reading a line in place, without copying it first.
extension Span<UInt8> {
    func firstIndex(of byte: UInt8, from start: Int = 0) -> Int? {
        var index = start
        while index < count {
            if self[index] == byte { return index }
            index += 1
        }
        return nil
    }

    func text(from start: Int, to end: Int) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(end - start)
        for index in start..<end { bytes.append(self[index]) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Whether the range holds exactly `word` (lower case), in any case.
    func matches(_ word: String, from start: Int, to end: Int) -> Bool {
        guard word.utf8.count == end - start else { return false }
        var index = start
        for letter in word.utf8 {
            guard self[index].lowercased == letter else { return false }
            index += 1
        }
        return true
    }

    /// Reads `HTTP/1.0` or `HTTP/1.1`.
    func minorVersion(from start: Int, to end: Int) throws(HTTPParseError) -> Int {
        guard end - start == 8, self[start + 5].isDigit, self[start + 6] == UInt8(ascii: "."),
            self[start + 7].isDigit
        else { throw .malformed }
        // The name is case-sensitive, unlike everything else in a head.
        let name: [5 of UInt8] = [0x48, 0x54, 0x54, 0x50, 0x2F]
        for offset in 0..<5 where self[start + offset] != name[offset] { throw .malformed }
        let minor = self[start + 7] - UInt8(ascii: "0")
        guard self[start + 5] == UInt8(ascii: "1"), minor <= 1 else { throw .unsupportedVersion }
        return Int(minor)
    }
}
