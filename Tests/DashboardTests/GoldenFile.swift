// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Dashboard

/// Screens as text in a file, by name: what the view should draw.
///
/// `POOLTOP_RECORD_GOLDEN=1 swift test --filter GoldenTests` writes the files anew; what has changed
/// is then for `git diff` to show and for somebody to look at. A row begins with its number, and rows
/// that are as on the screen below are left out: blank ones, and, where something lies over the
/// panes, all that it does not cover.
struct GoldenFile {
    /// One screen of the file.
    struct Screen {
        var name: String
        var rows: [String]
        /// What it lies over.
        var below: [String] = []

        /// The rows that a file keeps, by their numbers.
        var text: [Int: String] {
            var text: [Int: String] = [:]
            for (number, row) in rows.enumerated() {
                let isKnown = below.indices.contains(number) ? row == below[number] : row.isEmpty
                if !isKnown { text[number] = row }
            }
            return text
        }
    }

    static let isRecording = ProcessInfo.processInfo.environment["POOLTOP_RECORD_GOLDEN"] == "1"

    private static let mark = "=== "
    private static let directory = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Golden")

    let name: String

    private var url: URL { Self.directory.appending(path: "\(name).txt") }

    /// Compares screens with the file, or writes them into it.
    func expect(_ screens: [Screen], at location: SourceLocation = #_sourceLocation) throws {
        guard !Self.isRecording else {
            let text = screens.map { "\(Self.mark)\($0.name)\n\(Self.lines($0.text))" }.joined()
            try FileManager.default.createDirectory(
                at: Self.directory,
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: url)
            return
        }
        let golden = try read()
        #expect(golden.map(\.name) == screens.map(\.name), sourceLocation: location)
        for (screen, golden) in zip(screens, golden) where screen.name == golden.name {
            let text = screen.text
            let difference = Self.difference(golden.rows, text)
            #expect(
                difference.isEmpty,
                """
                \(name), \(screen.name): - is \(name).txt, + is the screen; \
                POOLTOP_RECORD_GOLDEN=1 writes the file anew.
                \(difference)
                """,
                sourceLocation: location
            )
        }
    }

    private func read() throws -> [(name: String, rows: [Int: String])] {
        var screens: [(name: String, rows: [Int: String])] = []
        for line in try String(contentsOf: url, encoding: .utf8).split(separator: "\n") {
            if line.hasPrefix(Self.mark) {
                screens.append((String(line.dropFirst(Self.mark.count)), [:]))
            } else if let number = Int(line.prefix(2)), !screens.isEmpty {
                screens[screens.count - 1].rows[number] = String(line.dropFirst(3))
            }
        }
        return screens
    }

    private static func lines(_ rows: [Int: String]) -> String {
        rows.sorted { $0.key < $1.key }.map { "\(label($0.key))|\($0.value)\n" }.joined()
    }

    /// The rows that differ, each as it should be and as it is.
    private static func difference(_ golden: [Int: String], _ rows: [Int: String]) -> String {
        let numbers = Set(golden.keys).union(rows.keys).sorted()
        var lines: [String] = []
        for number in numbers where golden[number] != rows[number] {
            for (sign, row) in [("-", golden[number]), ("+", rows[number])] {
                lines.append("\(sign) \(label(number))|\(row ?? " (as below)")")
            }
        }
        return lines.joined(separator: "\n")
    }

    private static func label(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
