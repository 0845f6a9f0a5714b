// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import TestSupport

@testable import Symbols

/// A small program that a test compiles, so that nothing of what is read is known to the reader.
struct SampleExecutable: Sendable {
    /// How it is compiled.
    struct Variant: CustomStringConvertible, Sendable {
        var description: String
        var options: [String]
    }

    static let variants = [
        Variant(description: "debug, dynamic library, DWARF 4", options: ["-dwarf-version=4"]),
        Variant(description: "debug, dynamic library, DWARF 5", options: ["-dwarf-version=5"]),
        Variant(description: "release, dynamic library", options: ["-O"]),
        Variant(description: "debug, static library", options: ["-static-stdlib"]),
        Variant(description: "release, static library", options: ["-O", "-static-stdlib"]),
    ]

    let url: URL
    let bytes: [UInt8]

    /// Lines that say `await` are those at which a function suspends.
    static let source = """
        struct Refusal: Error {}

        @inline(never) func pausesOnce(_ number: Int) async -> Int {
            await Task.yield()
            return number
        }

        @inline(never) func refuses(_ number: Int) async throws -> Int {
            await Task.yield()
            if number > 3 { throw Refusal() }
            return number
        }

        @inline(never) func waitsInMangledWays(_ number: Int) async throws -> Int {
            var sum = await pausesOnce(number)
            sum += await pausesOnce(sum)
            for step in 0..<sum {
                sum += await pausesOnce(step)
            }
            do {
                sum += try await refuses(sum)
            } catch {
                sum += await pausesOnce(7)
            }
            switch number {
            case 0:
                sum += await pausesOnce(8)
            default:
                sum += await pausesOnce(9)
            }
            sum += await pausesOnce(
                await pausesOnce(sum)
            )
            return sum
        }

        func packs(_ number: Int) async -> Int {
            await withTaskGroup(of: Int.self) { group in
                for step in 0..<number { group.addTask { await pausesOnce(step) } }
                var sum = 0
                for await one in group { sum += one }
                return sum
            }
        }

        @inline(never) func packsInside(_ number: Int) async -> Int {
            let sum = number + 1
            return await packs(sum)
        }

        @main enum Sample {
            static func main() async throws {
                print(await packsInside(2))
                let task = Task {
                    let value = try await waitsInMangledWays(2)
                    return value
                }
                print(try await task.value)
            }
        }

        """

    /// Numbers of the lines of `function`, of those that suspend.
    static func awaitLines(of function: String) -> Set<Int> {
        let lines = source.components(separatedBy: "\n")
        guard let first = declarationLine(of: function).map({ $0 - 1 }) else { return [] }
        let indent = lines[first].prefix { $0 == " " }
        let body = lines[(first + 1)...].prefix { $0 != indent + "}" }
        return Set(body.indices.filter { lines[$0].contains("await ") }.map { $0 + 1 })
    }

    static func declarationLine(of function: String) -> Int? {
        source.components(separatedBy: "\n")
            .firstIndex { $0.contains("func \(function)(") }.map { $0 + 1 }
    }

    init(_ variant: Variant) throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("pooltop-symbols-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let source = folder.appendingPathComponent("Sample.swift")
        try SampleExecutable.source.write(to: source, atomically: true, encoding: .utf8)
        url = folder.appendingPathComponent("sample")
        let (output, status) = try Tool.run(
            "swiftc",
            ["-parse-as-library", "-g"] + variant.options + [source.path, "-o", url.path]
        )
        guard status == 0 else { throw Failure(output: output) }
        bytes = [UInt8](try Data(contentsOf: url))
    }

    func remove() {
        try? FileManager.default.removeItem(at: url.deletingLastPathComponent())
    }

    struct Failure: Error {
        var output: String
    }
}

extension ELFFile {
    /// A file that is in memory.
    init(bytes: [UInt8]) throws(SymbolError) {
        try self.init { offset, byteCount in
            let start = min(offset, bytes.count)
            return Array(bytes[start..<min(bytes.count, start + byteCount)])
        }
    }
}

/// A program of the Swift toolchain, or of the system.
enum Tool {
    /// Where the toolchain keeps its programs.
    private static let folder: String = {
        let (path, _) = (try? shell("dirname $(readlink -f $(command -v swiftc))")) ?? ("", 1)
        return path.trimmingCharacters(in: .whitespacesAndNewlines)
    }()

    static func path(_ name: String) -> String? {
        [folder + "/" + name, "/usr/bin/" + name]
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    static func run(
        _ name: String,
        _ arguments: [String],
        input: String = ""
    ) throws -> (output: String, status: Int) {
        guard let path = path(name) else { return ("\(name) is not there", 127) }
        return try launch(path, arguments, input)
    }

    private static func shell(_ line: String) throws -> (output: String, status: Int) {
        try launch("/bin/sh", ["-c", line], "")
    }

    private static func launch(
        _ path: String,
        _ arguments: [String],
        _ input: String
    ) throws -> (output: String, status: Int) {
        let ended = try StartedProgram(path, arguments, input: input).end()
        return (ended.output + ended.error, ended.status)
    }
}
