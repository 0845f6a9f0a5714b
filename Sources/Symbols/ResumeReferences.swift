// SPDX-License-Identifier: Apache-2.0

/// Where the address of a function is taken, by an instruction.
///
/// Before an async function calls another, it stores the address of the part with which it will go
/// on. The line of that instruction is the line of the `await`, just as the line of a call is that of
/// the instruction before its return address. The first line of the part itself may be another one:
/// what follows the `await`, or the function's own.
package struct ResumeReferences {
    /// Instructions by the address that they take.
    package private(set) var instructions: [UInt64: [UInt64]] = [:]

    /// Finds the instructions in `.text` that take one of the addresses `targets`.
    ///
    /// Only x86-64's `lea register, [rip + distance]` is known. Code is not told from data in it: the
    /// distance has to hit an address that was asked for exactly, which chance does not.
    package init(_ file: ELFFile, to targets: Set<UInt64>) throws(SymbolError) {
        guard let text = file.sections.first(where: { $0.name == ".text" }) else {
            throw .missing(".text")
        }
        let bytes = try file.bytes(of: ".text")
        let length = 7
        var index = 0
        while index + length <= bytes.count {
            defer { index += 1 }
            if index % (1 << 16) == 0 { try file.goOn() }
            // REX.W, the opcode, and an operand relative to the next instruction.
            guard bytes[index + 1] == 0x8d, bytes[index] & 0xf8 == 0x48,
                bytes[index + 2] & 0xc7 == 0x05
            else { continue }
            var word: UInt32 = 0
            for byte in 0..<4 { word |= UInt32(bytes[index + 3 + byte]) << UInt32(8 * byte) }
            let distance = UInt64(bitPattern: Int64(Int32(bitPattern: word)))
            let address = text.address &+ UInt64(index)
            let target = address &+ UInt64(length) &+ distance
            if targets.contains(target) { instructions[target, default: []].append(address) }
        }
    }
}
