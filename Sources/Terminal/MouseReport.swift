// SPDX-License-Identifier: Apache-2.0

/// One report of a mouse, as the terminal sent it.
struct MouseReport: Equatable {
    /// No window is larger; a report from further away is damaged.
    private static let farthest = 0xFFFF

    /// Number and modifiers of the button, in xterm's bits.
    var button: Int
    /// Counted from 1, as terminals do.
    var column: Int
    var row: Int
    var isRelease: Bool

    /// Reads `button;column;row`, which `M` ends for a press and `m` for a release.
    ///
    /// Corresponds to xterm's mode 1006.
    init?(_ body: ArraySlice<UInt8>, final: UInt8) {
        guard final == UInt8(ascii: "M") || final == UInt8(ascii: "m") else { return nil }
        let fields = body.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
        // Eight digits are more than any field needs, and cannot overflow.
        let numbers = fields.compactMap { digits -> Int? in
            guard (1...8).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) })
            else {
                return nil
            }
            return digits.reduce(0) { $0 * 10 + Int($1) - 0x30 }
        }
        guard fields.count == 3, numbers.count == 3 else { return nil }
        button = numbers[0]
        column = numbers[1]
        row = numbers[2]
        isRelease = final == UInt8(ascii: "m")
    }

    /// A report of three bytes, each 32 more than what it says: terminals without mode 1006.
    init(old button: UInt8, column: UInt8, row: UInt8) {
        self.button = Int(button) - 32
        self.column = Int(column) - 32
        self.row = Int(row) - 32
        isRelease = self.button & 0b11 == 0b11 && self.button < 64
    }

    /// Whether it can have come from a window.
    var isPlausible: Bool {
        (0...0xFF).contains(button) && (1...Self.farthest).contains(column)
            && (1...Self.farthest).contains(row)
    }
}
