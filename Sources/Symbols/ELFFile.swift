// SPDX-License-Identifier: Apache-2.0

/// The sections of a 64-bit little-endian ELF file; see `elf(5)`.
///
/// The file is read in pieces, since a program's debug information is many times the size of its
/// line tables.
package struct ELFFile {
    /// Gives the bytes of a range of the file, as many as there are; `nil` where it cannot be read.
    package typealias Reader = (_ offset: Int, _ byteCount: Int) -> [UInt8]?

    /// One entry of the table of sections.
    struct Section: Equatable {
        var name: String
        var type: UInt32
        var flags: UInt64
        /// Where it lies in memory, relative to the first byte of the executable.
        var address: UInt64
        var offset: Int
        var byteCount: Int
    }

    let sections: [Section]
    private let read: Reader
    /// Whether the reading still has a purpose; asked now and then.
    private let isWanted: () -> Bool

    private static let headerBytes = 64
    private static let sectionEntryBytes = 64
    /// `SHT_NOBITS`: takes no room in the file.
    private static let noBits: UInt32 = 8
    /// `SHF_COMPRESSED`.
    private static let isCompressed: UInt64 = 0x800

    /// Reads the header and the table of sections.
    package init(
        isWanted: @escaping () -> Bool = { true },
        read: @escaping Reader
    ) throws(SymbolError) {
        self.read = read
        self.isWanted = isWanted
        var header = ByteCursor(try ELFFile.bytes(read, 0, ELFFile.headerBytes))
        // Magic number, 64 bits, little-endian.
        let magic: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, 2, 1]
        for expected in magic {
            guard try header.byte() == expected else { throw .notELF }
        }
        try header.seek(to: 40)
        let tableOffset = try header.count(8)
        try header.seek(to: 58)
        let entryBytes = try header.count(2)
        let entryCount = try header.count(2)
        let nameSection = try header.count(2)
        guard entryCount > 0 else { throw .missing("table of sections") }
        guard entryBytes == ELFFile.sectionEntryBytes else { throw .damaged("table of sections") }
        var table = ByteCursor(try ELFFile.bytes(read, tableOffset, entryCount * entryBytes))
        var names: [Int] = []
        var sections: [Section] = []
        for _ in 0..<entryCount {
            names.append(try table.count(4))
            let type = UInt32(try table.number(4))
            let flags = try table.number(8)
            let address = try table.number(8)
            let offset = try table.count(8)
            let byteCount = try table.count(8)
            try table.skip(24)
            sections.append(
                Section(
                    name: "",
                    type: type,
                    flags: flags,
                    address: address,
                    offset: offset,
                    byteCount: byteCount
                )
            )
        }
        guard nameSection < sections.count else { throw .damaged("table of sections") }
        let strings = sections[nameSection]
        let text = try ELFFile.bytes(read, strings.offset, strings.byteCount)
        for index in sections.indices {
            sections[index].name = try ByteCursor.string(in: text, at: names[index])
        }
        self.sections = sections
    }

    /// The bytes of a section.
    func bytes(of name: String) throws(SymbolError) -> [UInt8] {
        guard let section = sections.first(where: { $0.name == name }),
            section.type != ELFFile.noBits
        else {
            // Old tools compress a section under another name.
            let isZipped = sections.contains { $0.name == ".z" + name.dropFirst() }
            throw isZipped ? .compressed(name) : .missing(name)
        }
        guard section.flags & ELFFile.isCompressed == 0 else { throw .compressed(name) }
        return try ELFFile.bytes(read, section.offset, section.byteCount)
    }

    /// The same; empty for one that is not there.
    func bytesIfPresent(of name: String) throws(SymbolError) -> [UInt8] {
        sections.contains { $0.name == name } ? try bytes(of: name) : []
    }

    /// - Throws: `SymbolError.abandoned` where nobody wants the result any more.
    func goOn() throws(SymbolError) {
        guard isWanted() else { throw .abandoned }
    }

    private static func bytes(
        _ read: Reader,
        _ offset: Int,
        _ byteCount: Int
    ) throws(SymbolError) -> [UInt8] {
        guard !offset.addingReportingOverflow(byteCount).overflow,
            let bytes = read(offset, byteCount), bytes.count == byteCount
        else {
            throw .truncated
        }
        return bytes
    }
}
