// SPDX-License-Identifier: Apache-2.0

internal import CNCurses
internal import Dashboard

/// Which key sends what: by the terminal's description, and as nearly all terminals have it.
enum KeySequences {
    /// What the description of the terminal at hand says; ncurses must have been started.
    static func described() -> [[UInt8]: Key] {
        var keys: [[UInt8]: Key] = [:]
        for (capability, key) in capabilities {
            let bytes = Capability.bytes(capability)
            // A key that sends a single byte is a character like any other.
            if bytes.count > 1, bytes.first == 0x1B { keys[bytes] = key }
        }
        return keys
    }

    private static let capabilities: [(String, Key)] =
        [
            ("kcuu1", .up), ("kcud1", .down), ("kcub1", .left), ("kcuf1", .right),
            ("kpp", .pageUp), ("knp", .pageDown), ("khome", .home), ("kend", .end),
            ("kfnd", .home), ("kslt", .end), ("kcbt", .backTab), ("kent", .enter),
            ("kich1", .insert), ("kdch1", .delete),
        ] + (1...12).map { ("kf\($0)", .function($0)) }

    /// A key that sends a character.
    static func typed(_ code: UInt32) -> Key? {
        switch code {
        case 0x09: .tab
        case 0x0A, 0x0D: .enter
        case 0x08, 0x7F: .backspace
        case 0x01...0x1A: Unicode.Scalar(code + 0x60).map { .control(Character($0)) }
        case 0..<0x20, 0x80..<0xA0: nil
        default: Unicode.Scalar(code).map { .character(Character($0)) }
        }
    }

    /// The key that sends `Esc O` and this byte: cursor, F1 to F4, and the number pad.
    static func shifted(_ byte: UInt8) -> Key? {
        switch byte {
        case UInt8(ascii: "M"): .enter
        case UInt8(ascii: "X"): .character("=")
        // The number pad's bytes lie 64 above the characters that are printed on it.
        case UInt8(ascii: "j")...UInt8(ascii: "y"): typed(UInt32(byte - 0x40))
        default: cursor(byte)
        }
    }

    /// The key that sends `Esc [`, parameters and a final byte; modifiers are not told apart.
    static func control(_ body: ArraySlice<UInt8>, final: UInt8) -> Key? {
        guard body.allSatisfy({ $0 == UInt8(ascii: ";") || (0x30...0x39).contains($0) }) else {
            return nil
        }
        let first = String(decoding: body.prefix { $0 != UInt8(ascii: ";") }, as: UTF8.self)
        if final == UInt8(ascii: "~") { return Int(first).flatMap(numbered) }
        // Other numbers are no keys: a late report of the cursor's place ends as F3 does.
        guard first.isEmpty || first == "1" else { return nil }
        return final == UInt8(ascii: "Z") ? .backTab : cursor(final)
    }

    private static func cursor(_ byte: UInt8) -> Key? {
        switch byte {
        case UInt8(ascii: "A"): .up
        case UInt8(ascii: "B"): .down
        case UInt8(ascii: "C"): .right
        case UInt8(ascii: "D"): .left
        case UInt8(ascii: "H"): .home
        case UInt8(ascii: "F"): .end
        case UInt8(ascii: "P")...UInt8(ascii: "S"): .function(Int(byte - UInt8(ascii: "P")) + 1)
        default: nil
        }
    }

    /// The numbers are those of DEC's VT220, with its gaps.
    private static func numbered(_ number: Int) -> Key? {
        switch number {
        case 1, 7: .home
        case 2: .insert
        case 3: .delete
        case 4, 8: .end
        case 5: .pageUp
        case 6: .pageDown
        case 11...15: .function(number - 10)
        case 17...21: .function(number - 11)
        case 23, 24: .function(number - 12)
        default: nil
        }
    }
}
