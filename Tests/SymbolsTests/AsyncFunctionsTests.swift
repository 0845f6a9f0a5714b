// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Symbols

/// What is read of an executable, against what the toolchain's own programs say of it.
@Suite struct AsyncFunctionsTests {
    @Test(arguments: SampleExecutable.variants)
    func `names, states and lines agree with the tools`(
        variant: SampleExecutable.Variant
    ) throws {
        let sample = try SampleExecutable(variant)
        defer { sample.remove() }
        let file = try ELFFile(bytes: sample.bytes)
        let functions = try AsyncFunctions(file)
        #expect(functions.linesMissing == nil)
        try expectSymbols(of: sample, in: functions)
        try expectLines(of: sample, file, functions)
        try expectTitles(functions)
        try expectAwaits(functions)
        expectInlined(functions)
    }

    /// All that `nm` calls a resume function is one here, at its address, and nothing else.
    private func expectSymbols(of sample: SampleExecutable, in functions: AsyncFunctions) throws {
        let (text, status) = try Tool.run("llvm-nm", [sample.url.path])
        try #require(status == 0, "\(text)")
        var expected: Set<String> = []
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count == 3, words[2].hasPrefix("$s"),
                words[2].wholeMatch(of: /.+T[QY]\d*_/) != nil
            else { continue }
            expected.insert("\(UInt64(words[0], radix: 16) ?? 0) \(words[2])")
        }
        let found = functions.parts.filter { !$0.state.isEmpty }.map {
            "\($0.address) \($0.function)\($0.state)_"
        }
        #expect(expected.count > 15)
        #expect(Set(found) == expected)
    }

    /// The line table says of each part's first instruction what the tools say.
    private func expectLines(
        of sample: SampleExecutable,
        _ file: ELFFile,
        _ functions: AsyncFunctions
    ) throws {
        let parts = functions.parts.filter { $0.function.contains("6sample") }
        try #require(parts.count > 15)
        let table = try LineTable(
            file,
            within: parts.map { $0.address..<($0.address + $0.byteCount) }
        )
        // Not only the first instruction: every fifth byte of each part.
        let addresses = parts.flatMap { part in
            stride(from: part.address, to: part.address + part.byteCount, by: 5)
        }
        let names = addresses.map { "0x" + String($0, radix: 16) }
        for tool in ["llvm-symbolizer", "addr2line"] where Tool.path(tool) != nil {
            let options =
                tool == "addr2line"
                ? ["-e", sample.url.path]
                : ["--no-inlines", "-f=none", "--obj=\(sample.url.path)"]
            let (text, status) = try Tool.run(
                tool,
                options,
                input: names.joined(separator: "\n") + "\n"
            )
            try #require(status == 0, "\(text)")
            let answers = text.split(separator: "\n")
            try #require(answers.count == addresses.count, "\(tool): \(text)")
            for (address, answer) in zip(addresses, answers) {
                // `file:line:column`, or `file:line (discriminator 3)`.
                let fields = answer.prefix { $0 != " " }.split(separator: ":")
                let expected = fields.count > 1 ? Int(fields[1]) ?? 0 : 0
                let line = table.line(at: address)
                #expect(line?.number ?? 0 == expected, "\(tool): \(answer)")
                if expected > 0 {
                    let name = line?.file.split(separator: "/").last ?? ""
                    #expect(fields[0].hasSuffix(name), "\(tool): \(answer)")
                }
            }
        }
    }

    private func expectTitles(_ functions: AsyncFunctions) throws {
        let parts = functions.parts.filter { $0.function.contains("6sample") }
        let symbols = parts.map { "\($0.function)\($0.state)\($0.state.isEmpty ? "" : "_")" }
        let (text, _) = try Tool.run(
            "swift-demangle",
            ["-compact"],
            input: symbols.joined(separator: "\n") + "\n"
        )
        let demangled = text.split(separator: "\n")
        try #require(demangled.count == parts.count, "\(text)")
        var titles: Set<String> = []
        for (part, name) in zip(parts, demangled) {
            titles.insert(FunctionTitle.short(String(name)))
            #expect(part.state.isEmpty == !name.contains("resume partial function"), "\(name)")
        }
        let expected: Set = [
            "pausesOnce", "refuses", "waitsInMangledWays", "Sample.main", "Sample.main {1}",
        ]
        #expect(titles.isSuperset(of: expected), "\(titles)")
        for title in titles {
            #expect(!title.contains("(") && !title.contains("<") && !title.contains(" async"))
        }
    }

    /// Every state of a function stands at a line that awaits, and every such line has a state.
    private func expectAwaits(_ functions: AsyncFunctions) throws {
        for function in ["pausesOnce", "refuses", "waitsInMangledWays"] {
            let expected = SampleExecutable.awaitLines(of: function)
            #expect(!expected.isEmpty)
            let states = functions.parts.filter {
                $0.function.contains("\(function.count)\(function)") && !$0.state.isEmpty
            }
            let lines = Set(states.compactMap { $0.line?.number })
            #expect(lines == expected, "\(function): \(states)")
        }
    }

    /// Where a library's function awaits that was made a part of this one, the line is that of a call,
    /// though no instruction of the state itself has one.
    private func expectInlined(_ functions: AsyncFunctions) {
        let states = functions.parts.filter {
            $0.function.hasPrefix("$s6sample11packsInside") && $0.state.hasPrefix("TQ")
        }
        let declaration = SampleExecutable.declarationLine(of: "packsInside")
        #expect(!states.isEmpty)
        for state in states {
            #expect(state.line?.number ?? 0 != 0 && state.line?.number != declaration, "\(state)")
        }
    }

    @Test func `a stripped file says what is missing`() throws {
        let sample = try SampleExecutable(SampleExecutable.variants[0])
        defer { sample.remove() }
        let bare = sample.url.path + ".bare"
        let (lost, first) = try Tool.run(
            "llvm-objcopy",
            ["--strip-all", sample.url.path, bare]
        )
        try #require(first == 0, "\(lost)")
        let stripped = try ELFFile(bytes: [UInt8](Data(contentsOf: URL(fileURLWithPath: bare))))
        #expect(throws: SymbolError.missing(".strtab")) { try AsyncFunctions(stripped) }
        let (text, second) = try Tool.run(
            "llvm-objcopy",
            ["--strip-debug", sample.url.path, bare]
        )
        try #require(second == 0, "\(text)")
        let lineless = try AsyncFunctions(
            ELFFile(bytes: [UInt8](Data(contentsOf: URL(fileURLWithPath: bare))))
        )
        #expect(lineless.linesMissing == .missing(".debug_line"))
        #expect(lineless.parts.count > 15)
        let (zipped, third) = try Tool.run(
            "llvm-objcopy",
            ["--compress-debug-sections=zlib", sample.url.path, bare]
        )
        if third == 0 {
            let compressed = try AsyncFunctions(
                ELFFile(bytes: [UInt8](Data(contentsOf: URL(fileURLWithPath: bare))))
            )
            #expect(compressed.linesMissing == .compressed(".debug_line"), "\(zipped)")
        }
    }
}
