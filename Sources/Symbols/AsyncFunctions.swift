// SPDX-License-Identifier: Apache-2.0

/// The async functions of an executable and the parts that the compiler has cut them into.
///
/// **The problem.** The only thing that a suspended task leaves to be seen is addresses: with which
/// part of which function each frame of it goes on. This turns such an address into the function's
/// name, the state's number, and the line of the `await`.
///
/// **The parts.** ``ELFFile`` finds the sections, ``SymbolTable`` the functions' names,
/// ``LineTable`` the lines, ``ResumeReferences`` the instruction before the suspension. All are pure:
/// bytes in, values out. A file may say whatever it likes; nothing here traps on it.
///
/// **Rejected.** `dladdr` knows no local symbols, and no lines. Running `llvm-symbolizer` needs a
/// toolchain where the program runs. Reading `.debug_info` would tell inlined functions apart, at
/// twenty times the size of the line tables.
package struct AsyncFunctions: Sendable {
    /// One part of an async function.
    package struct Part: Equatable, Sendable {
        /// Relative to the executable's first byte.
        package var address: UInt64
        package var byteCount: UInt64
        /// The function it is a part of, as the linker knows it.
        package var function: String
        /// Such as `TQ2`; empty for the part where the function starts.
        package var state: String
        /// Where the function awaits when this is the part it will go on with; where it begins for
        /// the part where it starts.
        package var line: LineTable.Line?
    }

    /// In the order of their addresses.
    package private(set) var parts: [Part] = []
    /// Why lines are missing; `nil` where they are not.
    package private(set) var linesMissing: SymbolError?

    /// - Throws: `SymbolError` where the file has no symbols.
    package init(_ file: ELFFile) throws(SymbolError) {
        let table = try SymbolTable(file, where: AsyncFunctions.isAsync)
        parts = table.functions.map { function in
            let name = ResumeName(function.name)
            return Part(
                address: function.address,
                byteCount: function.byteCount,
                function: name.function,
                state: name.state
            )
        }
        do throws(SymbolError) {
            try findLines(file)
        } catch {
            guard error != .abandoned else { throw error }
            linesMissing = error
        }
    }

    /// Whether a name is that of an async function or of a part of one.
    ///
    /// `Ya` in a mangled type says `async`; such a type may also be a parameter's, which does no harm.
    private static func isAsync(_ symbol: ArraySlice<UInt8>) -> Bool {
        guard symbol.starts(with: [UInt8(ascii: "$"), UInt8(ascii: "s")]) else { return false }
        if ResumeName.functionLength(symbol) < symbol.count { return true }
        var before: UInt8 = 0
        for byte in symbol {
            if before == UInt8(ascii: "Y"), byte == UInt8(ascii: "a") { return true }
            before = byte
        }
        return false
    }

    /// The part that an address is the first of, or lies in.
    package func part(at address: UInt64) -> Part? {
        var low = 0
        var high = parts.count
        while low < high {
            let middle = (low + high) / 2
            if parts[middle].address <= address { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return nil }
        let part = parts[low - 1]
        return address < part.address &+ part.byteCount ? part : nil
    }

    // MARK: Lines

    private mutating func findLines(_ file: ELFFile) throws(SymbolError) {
        let lines = try LineTable(file, within: AsyncFunctions.ranges(of: parts))
        let resumptions = Set(parts.filter { !$0.state.isEmpty }.map(\.address))
        let references = try ResumeReferences(file, to: resumptions)
        var declarations: [String: LineTable.Line] = [:]
        for part in parts where part.state.isEmpty {
            declarations[part.function] = lines.line(at: part.address)
        }
        for index in parts.indices {
            if index % 1024 == 0 { try file.goOn() }
            let part = parts[index]
            parts[index].line =
                part.state.isEmpty
                ? declarations[part.function]
                : line(
                    of: part,
                    lines,
                    references.instructions[part.address] ?? [],
                    declaration: declarations[part.function]
                )
        }
    }

    /// The line of the `await`: that of the instruction that stores the part's address.
    ///
    /// Where that one is of the compiler's own making, it is the first line of the part, other than
    /// that of the function's declaration, which stands for code before the first statement. Where it
    /// has no other, as where an inlined function of a library awaits, it is the last line before that
    /// instruction: of what has called it.
    private func line(
        of part: Part,
        _ lines: LineTable,
        _ references: [UInt64],
        declaration: LineTable.Line?
    ) -> LineTable.Line? {
        for reference in references {
            if let line = lines.line(at: reference), line.number > 0 { return line }
        }
        let own = lines.lines(within: part.address..<(part.address &+ part.byteCount))
            .filter { $0.number > 0 }
        if let line = own.first(where: { $0 != declaration }) { return line }
        for reference in references {
            guard let before = self.part(at: reference) else { continue }
            let way = lines.lines(within: before.address..<reference)
            if let line = way.last(where: { $0.number > 0 && $0 != declaration }) { return line }
            // It came there from another await of the same call.
            if !before.state.isEmpty, let line = before.line { return line }
        }
        return own.first
    }

    /// The parts' addresses without overlaps: functions that are alike may share theirs.
    private static func ranges(of parts: [Part]) -> [Range<UInt64>] {
        var ranges: [Range<UInt64>] = []
        for part in parts {
            let end = part.address &+ part.byteCount
            let start = max(part.address, ranges.last?.upperBound ?? 0)
            if start < end { ranges.append(start..<end) }
        }
        return ranges
    }
}
