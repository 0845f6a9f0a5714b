// SPDX-License-Identifier: Apache-2.0

/// The head of one unit's line table; DWARF 4 §6.2.4 and DWARF 5 §6.2.4.
struct LineHeader {
    var version: Int
    var minimumInstructionLength: UInt64
    var lineBase: Int64
    var lineRange: UInt8
    var opcodeBase: UInt8
    /// Arguments of the standard opcodes, by opcode; those of opcodes that are not known are skipped.
    var argumentCounts: [UInt8]
    /// Paths by the numbers that the program uses.
    var files: [String]

    /// What a format of version 5 announces: a kind of content and the form it is written in.
    private struct Field {
        var content: UInt64
        var form: UInt64
    }

    /// Tables of strings that version 5 refers to.
    struct Strings {
        /// `.debug_line_str`.
        var lines: [UInt8] = []
        /// `.debug_str`.
        var general: [UInt8] = []
    }

    /// Reads the head; afterwards the cursor is at the program.
    init(
        _ unit: inout ByteCursor,
        offsetBytes: Int,
        strings: Strings
    ) throws(SymbolError) {
        version = Int(try unit.number(2))
        guard version >= 2, version <= 5 else {
            throw .unknownFormat("DWARF version \(version)")
        }
        if version == 5 { try unit.skip(2) }
        let headerBytes = try unit.count(offsetBytes)
        let programStart = unit.offset.addingReportingOverflow(headerBytes)
        guard !programStart.overflow else { throw .truncated }
        minimumInstructionLength = UInt64(try unit.byte())
        // Operations per instruction: 1 but on machines with very long instruction words.
        if version >= 4 { try unit.skip(1) }
        // Whether rows begin statements by default; all rows are of use here.
        try unit.skip(1)
        lineBase = Int64(Int8(bitPattern: try unit.byte()))
        lineRange = try unit.byte()
        opcodeBase = try unit.byte()
        guard lineRange > 0, opcodeBase > 0 else { throw .damaged("line table") }
        argumentCounts = [0]
        for _ in 1..<max(1, opcodeBase) { argumentCounts.append(try unit.byte()) }
        files = []
        if version == 5 {
            try readFiles(&unit, offsetBytes, strings)
        } else {
            try readOldFiles(&unit)
        }
        try unit.seek(to: programStart.partialValue)
    }

    /// Versions 2 to 4: folders and files are numbered from 1; folder 0 is that of the compilation,
    /// which stands elsewhere, so paths stay relative to it.
    private mutating func readOldFiles(_ unit: inout ByteCursor) throws(SymbolError) {
        var folders = [""]
        while true {
            let folder = try unit.string()
            if folder.isEmpty { break }
            folders.append(folder)
        }
        files = [""]
        while true {
            let name = try unit.string()
            if name.isEmpty { return }
            let folder = Int(truncatingIfNeeded: try unit.unsigned())
            _ = try unit.unsigned()
            _ = try unit.unsigned()
            files.append(LineHeader.path(name, in: folder, of: folders))
        }
    }

    private mutating func readFiles(
        _ unit: inout ByteCursor,
        _ offsetBytes: Int,
        _ strings: Strings
    ) throws(SymbolError) {
        let folders = try LineHeader.entries(&unit, offsetBytes, strings)
        let names = try LineHeader.entries(&unit, offsetBytes, strings)
        let paths = folders.map(\.path)
        files = names.map { LineHeader.path($0.path, in: $0.folder, of: paths) }
    }

    private static func path(_ name: String, in folder: Int, of folders: [String]) -> String {
        guard !name.hasPrefix("/"), folders.indices.contains(folder), !folders[folder].isEmpty
        else { return name }
        return folders[folder] + "/" + name
    }

    /// A list of version 5: first the fields of each entry, then the entries.
    private static func entries(
        _ unit: inout ByteCursor,
        _ offsetBytes: Int,
        _ strings: Strings
    ) throws(SymbolError) -> [(path: String, folder: Int)] {
        var format: [Field] = []
        for _ in 0..<(try unit.byte()) {
            format.append(Field(content: try unit.unsigned(), form: try unit.unsigned()))
        }
        let count = try unit.unsigned()
        // An entry takes a byte at least; so a damaged count cannot ask for more than there is.
        guard count <= UInt64(unit.end - unit.offset) || count == 0 else { throw .truncated }
        guard !format.isEmpty || count == 0 else { throw .damaged("line table") }
        var entries: [(path: String, folder: Int)] = []
        for _ in 0..<count {
            var entry = (path: "", folder: 0)
            for field in format {
                switch field.content {
                case 1:
                    entry.path = try text(&unit, field.form, offsetBytes, strings)
                case 2:
                    entry.folder = Int(
                        truncatingIfNeeded: try value(&unit, field.form)
                    )
                default: try skip(&unit, field.form, offsetBytes)
                }
            }
            entries.append(entry)
        }
        return entries
    }

    // The forms that line tables use: DWARF 5 §7.5.6.

    private static func text(
        _ unit: inout ByteCursor,
        _ form: UInt64,
        _ offsetBytes: Int,
        _ strings: Strings
    ) throws(SymbolError) -> String {
        switch form {
        case 0x08: return try unit.string()
        case 0x0e: return try ByteCursor.string(in: strings.general, at: unit.count(offsetBytes))
        case 0x1f: return try ByteCursor.string(in: strings.lines, at: unit.count(offsetBytes))
        default: throw .unknownFormat("string form \(form)")
        }
    }

    private static func value(
        _ unit: inout ByteCursor,
        _ form: UInt64
    ) throws(SymbolError) -> UInt64 {
        switch form {
        case 0x0b: return try unit.number(1)
        case 0x05: return try unit.number(2)
        case 0x06: return try unit.number(4)
        case 0x07: return try unit.number(8)
        case 0x0f: return try unit.unsigned()
        default: throw .unknownFormat("number form \(form)")
        }
    }

    private static func skip(
        _ unit: inout ByteCursor,
        _ form: UInt64,
        _ offsetBytes: Int
    ) throws(SymbolError) {
        switch form {
        case 0x08: _ = try unit.string()
        case 0x0e, 0x1f: try unit.skip(offsetBytes)
        case 0x1e: try unit.skip(16)
        case 0x09:
            let byteCount = try unit.unsigned()
            try unit.skip(Int(clamping: byteCount))
        default: _ = try value(&unit, form)
        }
    }
}
