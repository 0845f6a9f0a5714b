// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The repository as text.
enum SourceTree {
    struct File: Sendable, CustomStringConvertible {
        /// Relative to the repository, such as `Sources/Kernel/Lock.swift`.
        let path: String
        let lines: [String]

        /// The folder below `Sources` or `Tests`.
        var module: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }
        var description: String { path }

        /// The lines without what follows `//`.
        ///
        /// A `//` inside a string literal cuts the line, too: that hides text from the checks that
        /// use this, but never invents any.
        var code: [String] {
            lines.map { line in
                guard let comment = line.range(of: "//") else { return line }
                return String(line[..<comment.lowerBound])
            }
        }
    }

    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static let sources = files(below: "Sources", endingIn: ".swift")
    static let tests = files(below: "Tests", endingIn: ".swift")
    static let cSources =
        files(below: "Sources", endingIn: ".c") + files(below: "Sources", endingIn: ".h")

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    /// The words of a line of code.
    static func words(of line: String) -> [Substring] {
        line.split { !($0.isLetter || $0.isNumber || $0 == "_") }
    }

    private static func files(below folder: String, endingIn ending: String) -> [File] {
        let start = root.appendingPathComponent(folder)
        guard let walk = FileManager.default.enumerator(atPath: start.path) else { return [] }
        let names = walk.compactMap { $0 as? String }.filter { $0.hasSuffix(ending) }
        return names.sorted().compactMap { name in
            let path = "\(folder)/\(name)"
            guard let text = try? text(path) else { return nil }
            return File(path: path, lines: text.components(separatedBy: "\n"))
        }
    }
}
