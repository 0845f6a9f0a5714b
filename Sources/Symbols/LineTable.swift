// SPDX-License-Identifier: Apache-2.0

/// Which line of which file an instruction comes from: the executable's `.debug_line`.
///
/// A line table is a program that prints rows. All of it has to be run to find any row; so it is run
/// once, and only the rows of the functions asked for are kept.
package struct LineTable {
    /// A line of a source file.
    package struct Line: Equatable, Sendable {
        /// As the compiler was given it.
        package var file: String
        /// From 1; 0 for code that the compiler made up.
        package var number: Int
    }

    /// From this address to that of the next row.
    struct Row {
        var address: UInt64
        var file: UInt32
        var number: UInt32
        /// No code: what follows belongs to no row.
        var isEnd: Bool
    }

    private(set) var rows: [Row] = []
    private(set) var files: [String] = []
    private var fileNumbers: [String: UInt32] = [:]
    /// Units that could not be read; the others can.
    package private(set) var damagedUnits = 0

    /// Reads the rows within `ranges`, which are in order and do not overlap.
    package init(_ file: ELFFile, within ranges: [Range<UInt64>]) throws(SymbolError) {
        let bytes = try file.bytes(of: ".debug_line")
        let strings = LineHeader.Strings(
            lines: try file.bytesIfPresent(of: ".debug_line_str"),
            general: []
        )
        try self.init(
            file,
            bytes,
            strings: strings,
            generalStrings: { () throws(SymbolError) in
                try file.bytesIfPresent(of: ".debug_str")
            },
            within: ranges
        )
    }

    /// The strings of `.debug_str` are many megabytes, and hardly any line table refers to them: they
    /// are read when the first one does.
    private init(
        _ file: ELFFile,
        _ bytes: [UInt8],
        strings: LineHeader.Strings,
        generalStrings: () throws(SymbolError) -> [UInt8],
        within ranges: [Range<UInt64>]
    ) throws(SymbolError) {
        var strings = strings
        var cursor = ByteCursor(bytes)
        var firstError: SymbolError?
        while !cursor.isAtEnd {
            try file.goOn()
            var offsetBytes = 4
            var length = try cursor.count(4)
            if length == 0xffff_ffff {
                offsetBytes = 8
                length = try cursor.count(8)
            }
            var unit = try cursor.part(length)
            do throws(SymbolError) {
                let start = unit
                let header: LineHeader
                do throws(SymbolError) {
                    header = try LineHeader(&unit, offsetBytes: offsetBytes, strings: strings)
                } catch  where strings.general.isEmpty && error == .truncated {
                    strings.general = try generalStrings()
                    unit = start
                    header = try LineHeader(&unit, offsetBytes: offsetBytes, strings: strings)
                }
                try run(&unit, header, within: ranges)
            } catch {
                damagedUnits += 1
                firstError = firstError ?? error
            }
        }
        if rows.isEmpty, let firstError { throw firstError }
        rows.sort { ($0.address, $0.isEnd ? 0 : 1) < ($1.address, $1.isEnd ? 0 : 1) }
    }

    /// The line that an instruction comes from; `nil` where the table does not say.
    package func line(at address: UInt64) -> Line? {
        var low = 0
        var high = rows.count
        while low < high {
            let middle = (low + high) / 2
            if rows[middle].address <= address { low = middle + 1 } else { high = middle }
        }
        guard low > 0, !rows[low - 1].isEnd else { return nil }
        return line(rows[low - 1])
    }

    /// The lines of a range of instructions, in the order of their addresses.
    package func lines(within range: Range<UInt64>) -> [Line] {
        var low = 0
        var high = rows.count
        while low < high {
            let middle = (low + high) / 2
            if rows[middle].address < range.lowerBound { low = middle + 1 } else { high = middle }
        }
        return rows[low...].prefix { $0.address < range.upperBound }
            .filter { !$0.isEnd }.map(line)
    }

    private func line(_ row: Row) -> Line {
        Line(file: files[Int(row.file)], number: Int(row.number))
    }

    // MARK: The program

    /// Registers of the machine that runs the program.
    private struct Registers {
        var address: UInt64 = 0
        var file: UInt64 = 1
        var line: Int64 = 1
    }

    /// Keeps rows of the ranges asked for.
    private struct Sieve {
        let ranges: [Range<UInt64>]
        /// The row before, and where its sequence began.
        var before: (registers: Registers, sequence: UInt64)?

        /// The first range that ends behind the address.
        func firstRange(behind address: UInt64) -> Int {
            var low = 0
            var high = ranges.count
            while low < high {
                let middle = (low + high) / 2
                if ranges[middle].upperBound <= address { low = middle + 1 } else { high = middle }
            }
            return low
        }
    }

    private mutating func run(
        _ program: inout ByteCursor,
        _ header: LineHeader,
        within ranges: [Range<UInt64>]
    ) throws(SymbolError) {
        var sieve = Sieve(ranges: ranges)
        var registers = Registers()
        while !program.isAtEnd {
            let opcode = try program.byte()
            if opcode >= header.opcodeBase {
                let step = opcode - header.opcodeBase
                registers.address &+=
                    UInt64(step / header.lineRange) &* header.minimumInstructionLength
                registers.line &+= header.lineBase &+ Int64(step % header.lineRange)
                emit(registers, isEnd: false, header, &sieve)
                continue
            }
            switch opcode {
            case 0:
                let isEnd = try extended(&program, &registers)
                if isEnd {
                    emit(registers, isEnd: true, header, &sieve)
                    registers = Registers()
                }
            case 1: emit(registers, isEnd: false, header, &sieve)
            case 2:
                registers.address &+= try program.unsigned() &* header.minimumInstructionLength
            case 3: registers.line &+= try program.signed()
            case 4: registers.file = try program.unsigned()
            case 8:
                registers.address &+=
                    UInt64((255 - header.opcodeBase) / header.lineRange)
                    &* header.minimumInstructionLength
            case 9: registers.address &+= try program.number(2)
            default:
                for _ in 0..<header.argumentCounts[Int(opcode)] { _ = try program.unsigned() }
            }
        }
    }

    /// Returns whether it ends the sequence.
    private func extended(
        _ program: inout ByteCursor,
        _ registers: inout Registers
    ) throws(SymbolError) -> Bool {
        var instruction = try program.part(Int(clamping: try program.unsigned()))
        guard !instruction.isAtEnd else { throw .damaged("line table") }
        switch try instruction.byte() {
        case 1: return true
        case 2:
            registers.address = try instruction.number(min(8, instruction.end - instruction.offset))
        default: break
        }
        return false
    }

    /// A row is complete when the next one says where it ends.
    private mutating func emit(
        _ registers: Registers,
        isEnd: Bool,
        _ header: LineHeader,
        _ sieve: inout Sieve
    ) {
        let sequence = sieve.before?.sequence ?? registers.address
        // Code that the linker threw away lies at address 0.
        if let (start, _) = sieve.before, sequence != 0, start.address < registers.address {
            var index = sieve.firstRange(behind: start.address)
            while index < sieve.ranges.count,
                sieve.ranges[index].lowerBound < registers.address
            {
                keep(start, in: sieve.ranges[index], upTo: registers.address, header)
                index += 1
            }
        }
        sieve.before = isEnd ? nil : (registers, sequence)
    }

    private mutating func keep(
        _ start: Registers,
        in range: Range<UInt64>,
        upTo end: UInt64,
        _ header: LineHeader
    ) {
        let path =
            Int(exactly: start.file).flatMap {
                header.files.indices.contains($0) ? header.files[$0] : nil
            }
            ?? ""
        let file: UInt32
        if let known = fileNumbers[path] {
            file = known
        } else {
            file = UInt32(files.count)
            files.append(path)
            fileNumbers[path] = file
        }
        let number = UInt32(clamping: start.line)
        let first = max(start.address, range.lowerBound)
        if let last = rows.last, last.isEnd, last.address == first { rows.removeLast() }
        rows.append(Row(address: first, file: file, number: number, isEnd: false))
        rows.append(
            Row(address: min(end, range.upperBound), file: file, number: 0, isEnd: true)
        )
    }
}
