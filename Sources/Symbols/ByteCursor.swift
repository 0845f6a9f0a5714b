// SPDX-License-Identifier: Apache-2.0

/// Reads little-endian numbers and strings from bytes, one after the other, within bounds.
///
/// Everything that comes out of a file is untrusted: what would lie outside throws.
struct ByteCursor {
    let bytes: [UInt8]
    private(set) var offset: Int
    /// The first byte that is no longer to be read.
    let end: Int

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        offset = 0
        end = bytes.count
    }

    private init(_ bytes: [UInt8], offset: Int, end: Int) {
        self.bytes = bytes
        self.offset = offset
        self.end = end
    }

    var isAtEnd: Bool { offset >= end }

    /// Goes on elsewhere.
    mutating func seek(to target: Int) throws(SymbolError) {
        guard target >= 0, target <= end else { throw .truncated }
        offset = target
    }

    mutating func skip(_ count: Int) throws(SymbolError) {
        guard count >= 0, count <= end - offset else { throw .truncated }
        offset += count
    }

    /// A cursor over the next `count` bytes, which this one skips.
    mutating func part(_ count: Int) throws(SymbolError) -> ByteCursor {
        let start = offset
        try skip(count)
        return ByteCursor(bytes, offset: start, end: start + count)
    }

    @inline(__always)
    mutating func byte() throws(SymbolError) -> UInt8 {
        guard offset < end else { throw .truncated }
        let byte = bytes[offset]
        offset += 1
        return byte
    }

    /// An unsigned number of one to eight bytes.
    mutating func number(_ byteCount: Int) throws(SymbolError) -> UInt64 {
        guard byteCount >= 0, byteCount <= min(8, end - offset) else { throw .truncated }
        var value: UInt64 = 0
        for index in 0..<byteCount {
            value |= UInt64(bytes[offset + index]) << UInt64(8 * index)
        }
        offset += byteCount
        return value
    }

    /// The same, for what counts or places something within the file.
    mutating func count(_ byteCount: Int) throws(SymbolError) -> Int {
        guard let value = Int(exactly: try number(byteCount)) else { throw .damaged("length") }
        return value
    }

    /// An unsigned number in groups of seven bits (ULEB128); bits above 64 are dropped.
    mutating func unsigned() throws(SymbolError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = try byte()
            if shift < 64 { value |= UInt64(next & 0x7f) << shift }
            shift += 7
            if next & 0x80 == 0 { return value }
        }
    }

    /// A signed number in groups of seven bits (SLEB128); bits above 64 are dropped.
    mutating func signed() throws(SymbolError) -> Int64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = try byte()
            if shift < 64 { value |= UInt64(next & 0x7f) << shift }
            shift += 7
            guard next & 0x80 == 0 else { continue }
            if shift < 64, next & 0x40 != 0 { value |= ~0 << shift }
            return Int64(bitPattern: value)
        }
    }

    /// A string that ends with a zero byte.
    mutating func string() throws(SymbolError) -> String {
        guard let zero = bytes[offset..<end].firstIndex(of: 0) else { throw .truncated }
        let text = String(decoding: bytes[offset..<zero], as: UTF8.self)
        offset = zero + 1
        return text
    }

    /// The string at an offset of a table of strings.
    static func string(in bytes: [UInt8], at offset: Int) throws(SymbolError) -> String {
        var cursor = ByteCursor(bytes)
        try cursor.seek(to: offset)
        return try cursor.string()
    }
}
