// SPDX-License-Identifier: Apache-2.0

import Dashboard
import Foundation
import TestSupport
import Testing

@testable import pooltop

/// What is kept from one run to the next, and how.
@Suite struct PreferencesFileTests {
    private static let pooltop = ChildProcess.built("pooltop").path

    /// A directory of this test alone.
    private let directory = FileManager.default.temporaryDirectory
        .appending(path: "pooltop-preferences-\(UUID().uuidString)")

    private var file: PreferencesFile {
        get throws {
            try #require(PreferencesFile.standard(in: ["XDG_CONFIG_HOME": directory.path]))
        }
    }

    @Test func `the file is where the specification of XDG says`() {
        func path(_ environment: [String: String]) -> String? {
            PreferencesFile.standard(in: environment)?.url.path
        }
        #expect(path(["XDG_CONFIG_HOME": "/x", "HOME": "/h"]) == "/x/pooltop/preferences")
        #expect(path(["HOME": "/h"]) == "/h/.config/pooltop/preferences")
        #expect(path(["XDG_CONFIG_HOME": "x", "HOME": "/h"]) == "/h/.config/pooltop/preferences")
        #expect(path([:]) == nil)
    }

    @Test func `a change is written at once, into directories that are made for it`() throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let file = try file
        #expect(file.read().remarks == [])
        var new = Preferences()
        new.theme = .contrast
        #expect(file.keep(changesFrom: Preferences(), to: new) == nil)
        #expect(file.read().preferences == new)
        // A second process, which knows nothing of it, changes something else.
        var other = Preferences()
        other.isCalm = true
        #expect(try self.file.keep(changesFrom: Preferences(), to: other) == nil)
        new.isCalm = true
        #expect(file.read().preferences == new)
        let names = try FileManager.default.contentsOfDirectory(
            atPath: file.url.deletingLastPathComponent().path
        )
        #expect(names == ["preferences"])
    }

    @Test func `a link stays a link`() throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let file = try file
        let folder = file.url.deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let target = directory.appending(path: "elsewhere")
        try Data("calm = on\n".utf8).write(to: target)
        try FileManager.default.createSymbolicLink(at: file.url, withDestinationURL: target)
        var new = Preferences()
        new.isBig = true
        #expect(file.keep(changesFrom: Preferences(), to: new) == nil)
        #expect(try String(contentsOf: target, encoding: .utf8).contains("big = on\ncalm = on"))
    }

    @Test func `somebody who reads meanwhile sees the old file or the new one`() async throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let url = try file.url
        var small = Preferences()
        small.theme = .mono
        #expect(PreferencesFile(url: url).keep(changesFrom: Preferences(), to: small) == nil)
        let writer = Task.detached {
            for round in 0..<300 {
                var old = Preferences()
                old.isBig = !round.isMultiple(of: 2)
                var new = old
                new.isBig.toggle()
                #expect(PreferencesFile(url: url).keep(changesFrom: old, to: new) == nil)
            }
        }
        for _ in 0..<600 {
            let content = PreferencesFile(url: url).read()
            #expect(content.remarks == [])
            #expect(content.preferences.theme == .mono)
        }
        await writer.value
    }

    @Test func `a broken line is named with its file, other files are not read`() throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let file = try file
        let folder = file.url.deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data("calm = on\ntheme = \u{FFFD}\n".utf8).write(to: file.url)
        let content = file.read()
        #expect(content.preferences.isCalm)
        #expect(content.remarks.count == 1)
        #expect(content.remarks.first?.hasPrefix("preferences, line 2: ") == true)
        #expect(content.remarks.first?.hasSuffix("(\(file.url.path))") == true)
        try Data(count: 100_000).write(to: file.url)
        #expect(file.read().remarks == ["\(file.url.path) cannot be read; the defaults are used."])
        try FileManager.default.removeItem(at: file.url)
        try FileManager.default.createDirectory(at: file.url, withIntermediateDirectories: true)
        #expect(file.read().remarks == ["\(file.url.path) cannot be read; the defaults are used."])
    }

    @Test func `where nothing can be written it is said once`() throws {
        try Data().write(to: directory)
        defer { try? FileManager.default.removeItem(at: directory) }
        let file = try file
        var new = Preferences()
        new.isBig = true
        let sentence = file.keep(changesFrom: Preferences(), to: new)
        #expect(sentence == "\(file.url.path) cannot be written; nothing is kept.")
        #expect(file.keep(changesFrom: new, to: Preferences()) == nil)
    }

    @Test func `a theme that was chosen is there again, and an option is not kept`() throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let file = try file
        try run(["--calm"], typing: "a", until: "theme: dark")
        var expected = Preferences()
        expected.theme = .dark
        #expect(file.read().preferences == expected)
        try run([], typing: "a", until: "theme: light")
        try run(["--no-config"], typing: "a", until: "theme: dark")
        try run(["--no-config", "--theme", "contrast"], typing: "a", until: "theme: mono")
        expected.theme = .light
        #expect(file.read().preferences == expected)
        try Data("theme = pink\n".utf8).write(to: file.url)
        try run([], typing: "", until: "line 1: There is no theme")
    }

    private func run(_ options: [String], typing keys: String, until text: String) throws {
        let process = try TerminalProcess(
            [Self.pooltop, "idle"] + options,
            environment: [
                "TERM": "xterm-256color", "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin",
                "XDG_CONFIG_HOME": directory.path,
            ],
            columns: 160,
            rows: 40
        )
        if !keys.isEmpty {
            try process.await("idle")
            // What the key does is drawn in place of other text; Ctrl-L has all of it drawn anew.
            process.type(keys + "\u{0C}")
        }
        try process.await(text)
        process.type("q")
        #expect(try process.awaitEnd() == 0)
    }
}
