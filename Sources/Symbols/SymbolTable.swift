// SPDX-License-Identifier: Apache-2.0

/// The functions of an executable, by address.
///
/// Of `.symtab`, which names local symbols too: resume functions are local, so that the dynamic
/// linker's `dladdr` does not know them.
package struct SymbolTable {
    /// One function.
    package struct Function: Equatable, Sendable {
        /// Relative to the executable's first byte.
        package var address: UInt64
        package var byteCount: UInt64
        /// As the linker knows it.
        package var name: String
    }

    /// In the order of their addresses, those of no length left out.
    package let functions: [Function]

    private static let entryBytes = 24
    /// `STT_FUNC`.
    private static let function: UInt8 = 2

    /// Reads the functions whose names, given as bytes, are `wanted`.
    ///
    /// An executable has many times more functions than are wanted of it, and to make a string of
    /// each takes longer than everything else.
    package init(
        _ file: ELFFile,
        where wanted: (ArraySlice<UInt8>) -> Bool
    ) throws(SymbolError) {
        let names = try file.bytes(of: ".strtab")
        var table = ByteCursor(try file.bytes(of: ".symtab"))
        var functions: [Function] = []
        for number in 0..<table.end / SymbolTable.entryBytes {
            if number % 1024 == 0 { try file.goOn() }
            let name = try table.count(4)
            let info = try table.byte()
            try table.skip(1)
            let section = try table.number(2)
            let address = try table.number(8)
            let byteCount = try table.number(8)
            guard info & 0xf == SymbolTable.function, section != 0, byteCount > 0,
                !address.addingReportingOverflow(byteCount).overflow
            else { continue }
            guard name < names.count, let end = names[name...].firstIndex(of: 0) else {
                throw .truncated
            }
            let text = names[name..<end]
            guard wanted(text) else { continue }
            functions.append(
                Function(
                    address: address,
                    byteCount: byteCount,
                    name: String(decoding: text, as: UTF8.self)
                )
            )
        }
        functions.sort { $0.address < $1.address }
        self.functions = functions
    }
}
