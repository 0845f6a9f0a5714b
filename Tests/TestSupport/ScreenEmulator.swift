// SPDX-License-Identifier: Apache-2.0

/// What a terminal of the xterm kind would show: characters only, each one column wide.
///
/// It knows what ncurses sends to such a terminal, and counts what it does not know.
package struct ScreenEmulator {
    package private(set) var columns: Int
    package private(set) var rows: Int
    /// Sequences that are not understood; a test that trusts the picture expects none.
    package private(set) var unknown: [String] = []
    private var cells: [[Unicode.Scalar]]
    private var column = 0
    private var row = 0
    /// A character in the last column leaves the cursor on it until the next one comes.
    private var wrapsNext = false
    private var region: ClosedRange<Int>
    private var previous: Unicode.Scalar = " "
    private var pending: [UInt8] = []

    package init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
        cells = Array(repeating: Array(repeating: " ", count: columns), count: rows)
        region = 0...rows - 1
    }

    /// The rows as text, without the blanks at their ends.
    package var lines: [String] {
        cells.map { row in
            var line = ""
            let width = row.lastIndex { $0 != " " }.map { $0 + 1 } ?? 0
            line.unicodeScalars.append(contentsOf: row.prefix(width))
            return line
        }
    }

    /// The user pulls at the window: what is cut off is gone.
    package mutating func resize(columns: Int, rows: Int) {
        for index in cells.indices {
            let gap = max(0, columns - cells[index].count)
            cells[index] = Array(cells[index].prefix(columns)) + Array(repeating: " ", count: gap)
        }
        let blank = Array(repeating: Unicode.Scalar(" "), count: columns)
        let gap = max(0, rows - cells.count)
        cells = Array(cells.prefix(rows)) + Array(repeating: blank, count: gap)
        self.columns = columns
        self.rows = rows
        region = 0...rows - 1
        moveTo(row, column)
    }

    /// Takes output; a sequence may come in pieces.
    package mutating func feed(_ bytes: [UInt8]) {
        let text = pending + bytes
        pending = []
        var rest = text[...]
        while let byte = rest.first {
            guard let length = byte == 0x1B ? sequence(rest) : character(rest) else {
                pending = Array(rest)
                return
            }
            rest = rest.dropFirst(length)
        }
    }

    private mutating func character(_ rest: ArraySlice<UInt8>) -> Int? {
        guard let first = rest.first else { return nil }
        let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        guard rest.count >= length else { return nil }
        switch first {
        case 0x08: moveTo(row, column - 1)
        case 0x09: moveTo(row, (column / 8 + 1) * 8)
        case 0x0A: lineFeed()
        case 0x0D: moveTo(row, 0)
        case 0..<0x20: break
        default: put(String(decoding: rest.prefix(length), as: UTF8.self).unicodeScalars)
        }
        return length
    }

    private mutating func put(_ scalars: String.UnicodeScalarView) {
        for scalar in scalars {
            if wrapsNext {
                column = 0
                lineFeed()
            }
            cells[row][column] = scalar
            previous = scalar
            wrapsNext = column == columns - 1
            if !wrapsNext { column += 1 }
        }
    }

    private mutating func lineFeed() {
        wrapsNext = false
        if row == region.upperBound { scroll(1) } else { row = min(row + 1, rows - 1) }
    }

    private mutating func moveTo(_ row: Int, _ column: Int) {
        self.row = min(max(0, row), rows - 1)
        self.column = min(max(0, column), columns - 1)
        wrapsNext = false
    }

    private mutating func scroll(_ count: Int, from top: Int? = nil) {
        let top = top ?? region.lowerBound
        for _ in 0..<min(abs(count), rows) {
            let blank = Array(repeating: Unicode.Scalar(" "), count: columns)
            cells.remove(at: count > 0 ? top : region.upperBound)
            cells.insert(blank, at: count > 0 ? region.upperBound : top)
        }
    }

    /// The length of the escape sequence here, once it is complete and done.
    private mutating func sequence(_ rest: ArraySlice<UInt8>) -> Int? {
        let bytes = Array(rest.prefix(64))
        guard bytes.count > 1 else { return nil }
        switch bytes[1] {
        case UInt8(ascii: "["): break
        case UInt8(ascii: "("), UInt8(ascii: ")"): return bytes.count > 2 ? 3 : nil
        case UInt8(ascii: "M"):
            if row == region.lowerBound { scroll(-1) } else { moveTo(row - 1, column) }
            return 2
        default: return 2
        }
        let body = bytes.dropFirst(2).prefix { (0x20...0x3F).contains($0) }
        guard bytes.count > 2 + body.count else { return nil }
        control(body, Character(Unicode.Scalar(bytes[2 + body.count])))
        return 3 + body.count
    }

    private mutating func control(_ body: ArraySlice<UInt8>, _ final: Character) {
        let text = String(decoding: body, as: UTF8.self)
        let numbers = text.split(separator: ";", omittingEmptySubsequences: false).map { Int($0) }
        let first = numbers.first.flatMap { $0 }
        let count = max(1, first ?? 1)
        switch final {
        case "A": moveTo(max(row - count, row < region.lowerBound ? 0 : region.lowerBound), column)
        case "B":
            let last = row > region.upperBound ? rows - 1 : region.upperBound
            moveTo(min(row + count, last), column)
        case "C": moveTo(row, column + count)
        case "D": moveTo(row, column - count)
        case "G": moveTo(row, count - 1)
        case "d": moveTo(count - 1, column)
        case "H": moveTo(count - 1, (numbers.count > 1 ? numbers[1] ?? 1 : 1) - 1)
        case "J": erase(first ?? 0)
        case "K": eraseLine(first ?? 0)
        case "X": blank(row, column..<min(columns, column + count))
        case "P": shift(count)
        case "@": shift(-count)
        case "L": scroll(-count, from: row)
        case "M": scroll(count, from: row)
        case "S": scroll(count)
        case "T": scroll(-count)
        case "b": for _ in 0..<count { put(String(previous).unicodeScalars) }
        case "r":
            let last = numbers.count > 1 ? numbers[1] ?? rows : rows
            region = min(count - 1, rows - 1)...min(max(last - 1, count - 1), rows - 1)
            moveTo(0, 0)
        // Looks, modes, the stack of titles, the shape of the cursor.
        case "m", "h", "l", "t", "c": break
        default: unknown.append("\(text)\(final)")
        }
    }

    private mutating func blank(_ row: Int, _ columns: Range<Int>) {
        for column in columns { cells[row][column] = " " }
    }

    private mutating func eraseLine(_ kind: Int) {
        blank(row, kind == 0 ? column..<columns : 0..<(kind == 1 ? column + 1 : columns))
    }

    private mutating func erase(_ kind: Int) {
        if kind < 2 { eraseLine(kind) }
        let others = kind == 0 ? row + 1..<rows : 0..<(kind == 1 ? row : rows)
        for row in others { blank(row, 0..<columns) }
    }

    /// Deletes characters at the cursor, or inserts blanks where `count` is negative.
    private mutating func shift(_ count: Int) {
        for _ in 0..<min(abs(count), columns - column) {
            if count > 0 {
                cells[row].remove(at: column)
                cells[row].append(" ")
            } else {
                cells[row].insert(" ", at: column)
                cells[row].removeLast()
            }
        }
    }
}
