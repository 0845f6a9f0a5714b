// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What a reviewer would otherwise say again and again.
@Suite struct TidyTests {
    private static let everything =
        SourceTree.sources + SourceTree.tests.filter { $0.module != "ArchitectureTests" }
        + SourceTree.cSources

    @Test func `every file begins with its licence`() {
        for file in TidyTests.everything {
            // A manifest begins with the version of its tools.
            let head = file.lines.prefix(2)
            #expect(
                head.contains { $0.contains("SPDX-License-Identifier: Apache-2.0") },
                "\(file) has no licence line"
            )
        }
    }

    @Test func `nothing is left for later`() {
        let markers: Set<Substring> = ["TODO", "FIXME", "XXX", "HACK"]
        for file in TidyTests.everything {
            for (index, line) in file.lines.enumerated() {
                let found = markers.intersection(SourceTree.words(of: line))
                #expect(found.isEmpty, "\(file):\(index + 1) leaves work behind")
            }
        }
    }

    @Test func `no doc comment is cut in the middle of a sentence`() {
        for file in SourceTree.sources {
            for (index, line) in file.lines.enumerated() where line.contains("///") {
                #expect(!line.hasSuffix(" ."), "\(file):\(index + 1)")
                #expect(line.count { $0 == "`" } % 2 == 0, "\(file):\(index + 1)")
            }
        }
    }

    @Test func `no type hides behind an empty name`() {
        let keywords: Set<Substring> = ["class", "struct", "enum", "actor", "protocol"]
        for file in SourceTree.sources {
            for (index, line) in file.code.enumerated() {
                let words = SourceTree.words(of: line)
                guard let keyword = words.firstIndex(where: keywords.contains),
                    keyword + 1 < words.count
                else { continue }
                let name = words[keyword + 1]
                let isEmpty = ["Manager", "Helper", "Util", "Utils"].contains { name.hasSuffix($0) }
                #expect(!isEmpty, "\(file):\(index + 1): \(name) says nothing")
            }
        }
    }

    @Test func `no text names a developer's machine`() throws {
        let folders = ["home", "root", "Users", "work"].map { "/\($0)/" }
        for file in TidyTests.everything {
            for (index, line) in file.lines.enumerated() {
                #expect(!folders.contains { line.contains($0) }, "\(file):\(index + 1)")
            }
        }
        let readme = try SourceTree.text("README.md")
        #expect(!folders.contains { readme.contains($0) })
    }

    @Test func `the top level holds the package and nothing else`() throws {
        // SwiftPM writes Package.resolved beside the manifest; it is not under version control.
        let allowed: Set = ["Package.swift", "Package.resolved", "README.md", "Sources", "Tests"]
        let entries = try FileManager.default.contentsOfDirectory(atPath: SourceTree.root.path)
        for entry in entries where !entry.hasPrefix(".") && !entry.hasSuffix(".profraw") {
            #expect(allowed.contains(entry), "\(entry) does not belong to the top level")
        }
    }
}
