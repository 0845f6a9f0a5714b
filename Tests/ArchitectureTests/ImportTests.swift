// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Which module may know which.
///
/// `ls Sources` reads as the picture because this holds.
@Suite struct ImportTests {
    private struct Rule {
        var ours: Set<String> = []
        var others: Set<String> = []
    }

    private static let rules: [String: Rule] = [
        "Kernel": Rule(ours: ["CLinux"], others: ["Glibc", "Synchronization", "SystemPackage"]),
        "Telemetry": Rule(others: ["Synchronization"]),
        "Symbols": Rule(),
        // At build time only: neither is part of the program.
        "EmbedSources": Rule(others: ["Foundation", "PackagePlugin"]),
        "EmbedSourcesTool": Rule(others: ["Foundation"]),
        "Port": Rule(
            ours: ["Kernel", "Telemetry"],
            others: ["DequeModule", "HeapModule", "Synchronization", "SystemPackage"]
        ),
        "Pool": Rule(
            ours: ["Kernel", "Telemetry"],
            others: [
                "ComplexModule", "DequeModule", "RealModule", "Synchronization", "SystemPackage",
            ]
        ),
        "AsyncRuntime": Rule(
            ours: ["Kernel", "Pool", "Port", "Symbols", "Telemetry"],
            others: [
                "DequeModule", "Histogram", "Synchronization", "SystemPackage", "_Concurrency",
            ]
        ),
        "Workload": Rule(
            ours: ["AsyncRuntime", "Telemetry"],
            others: ["Histogram", "Synchronization", "SystemPackage"]
        ),
        "Dashboard": Rule(ours: ["Telemetry"]),
        "Terminal": Rule(ours: ["CNCurses", "Dashboard"], others: ["Glibc", "Synchronization"]),
        "pooltop": Rule(
            ours: [
                "AsyncRuntime", "Dashboard", "Kernel", "Pool", "Port", "Telemetry", "Terminal",
                "Workload",
            ],
            others: ["ArgumentParser", "FoundationEssentials", "Synchronization", "SystemPackage"]
        ),
    ]

    @Test func `every file imports only what its module may know`() throws {
        #expect(SourceTree.sources.count > 50, "The sources were not found.")
        for file in SourceTree.sources {
            let rule = try #require(
                ImportTests.rules[file.module],
                "\(file): the module \(file.module) has no rule here"
            )
            for name in imports(of: file) {
                #expect(
                    rule.ours.contains(name) || rule.others.contains(name),
                    "\(file) imports \(name), which \(file.module) may not know"
                )
            }
        }
    }

    @Test func `the package declares no dependency that the rules forbid`() throws {
        let manifest = try SourceTree.text("Package.swift")
        let rules = ImportTests.rules.filter { !$0.key.hasPrefix("EmbedSources") }
        let modules = Set(rules.keys).union(["CLinux", "CNCurses"])
        for (module, rule) in rules {
            let declaration = try #require(
                block(of: module, in: manifest),
                "Package.swift has no target \(module)"
            )
            for other in modules where other != module && declaration.contains("\"\(other)\"") {
                #expect(
                    rule.ours.contains(other),
                    "Package.swift lets \(module) depend on \(other)"
                )
            }
        }
    }

    @Test func `the lock is one file's`() {
        for file in SourceTree.sources where file.path != "Sources/Kernel/Lock.swift" {
            for (index, line) in file.code.enumerated() {
                #expect(
                    !SourceTree.words(of: line).contains("Mutex"),
                    "\(file):\(index + 1) uses Mutex; use Kernel's Lock"
                )
            }
        }
    }

    /// The names after `import`, whatever attributes and access levels stand before it.
    private func imports(of file: SourceTree.File) -> [String] {
        let levels: Set<Substring> = ["public", "package", "internal", "fileprivate", "private"]
        return file.code.compactMap { line in
            let parts = line.split(separator: " ")
            guard let keyword = parts.firstIndex(of: "import"), let name = parts.last,
                parts[..<keyword].allSatisfy({ $0.hasPrefix("@") || levels.contains($0) })
            else { return nil }
            // `import struct Kernel.SocketAddress` names a kind, and a part of a module.
            return name.split(separator: ".").first.map(String.init)
        }
    }

    /// The text of one target's declaration, up to the next target.
    private func block(of target: String, in manifest: String) -> String? {
        manifest.components(separatedBy: "arget(").dropFirst().first { block in
            block.drop(while: \.isWhitespace).hasPrefix("name: \"\(target)\"")
        }
    }
}
