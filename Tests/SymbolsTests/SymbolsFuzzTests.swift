// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Symbols

/// No file whatever makes the reader trap.
@Suite struct SymbolsFuzzTests {
    @Test(arguments: [1, 2])
    func `truncated and damaged files are refused or read, never a crash`(variant: Int) throws {
        let sample = try SampleExecutable(SampleExecutable.variants[variant])
        defer { sample.remove() }
        let seed = UInt64.random(in: 0...UInt64.max)
        print("Symbols fuzz, \(SampleExecutable.variants[variant]): seed \(seed)")
        var random = SeededRandom(seed: seed)
        let whole = try ELFFile(bytes: sample.bytes)
        let targets = [".symtab", ".strtab", ".debug_line", ".debug_line_str", ".shstrtab"]
            .compactMap { name in whole.sections.first { $0.name == name } }
        var read = 0
        var refused = 0
        for round in 0..<250 {
            var bytes = sample.bytes
            switch round % 5 {
            case 0: bytes.removeLast(1 + random.below(bytes.count - 1))
            case 1:
                for _ in 0..<1 + random.below(4) {
                    bytes[random.below(64)] = UInt8(random.below(256))
                }
            default:
                // A few bytes of one section that is read.
                let section = targets[random.below(targets.count)]
                for _ in 0..<1 + random.below(12) {
                    let place = section.offset + random.below(section.byteCount)
                    bytes[place] = random.below(3) == 0 ? 0xff : UInt8(random.below(256))
                }
                if random.below(4) == 0 {
                    // And the section's place and length in the table.
                    let table = bytes.count - whole.sections.count * 64
                    bytes[table + random.below(bytes.count - table)] = UInt8(random.below(256))
                }
            }
            do throws(SymbolError) {
                let functions = try AsyncFunctions(ELFFile(bytes: bytes))
                for part in functions.parts.prefix(20) { _ = functions.part(at: part.address) }
                read += 1
            } catch {
                #expect(!error.description.isEmpty)
                refused += 1
            }
        }
        // Were one of the two all, the fuzzer would exercise little.
        #expect(read > 20)
        #expect(refused > 20)
    }

    @Test func `line programs of random bytes end`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("Line program fuzz: seed \(seed)")
        var random = SeededRandom(seed: seed)
        for _ in 0..<3000 {
            var unit: [UInt8] = [random.below(2) == 0 ? 4 : 5, 0]
            if unit[0] == 5 { unit += [8, 0] }
            unit += [UInt8(20 + random.below(20)), 0, 0, 0, 1, 1, 1, 0xfb, 14, 13]
            for _ in 0..<120 { unit.append(UInt8(random.below(256))) }
            var cursor = ByteCursor(unit)
            do throws(SymbolError) {
                _ = try LineHeader(&cursor, offsetBytes: 4, strings: LineHeader.Strings())
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
    }
}
