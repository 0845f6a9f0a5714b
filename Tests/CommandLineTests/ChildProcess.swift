// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A command that was run to its end.
struct ChildProcess {
    let standardOutput: String
    let standardError: String
    /// The exit status, or 128 and the signal's number, as a shell would show it.
    let status: Int

    /// Runs the `pooltop` that was built beside these tests.
    static func pooltop(_ arguments: [String]) throws -> ChildProcess {
        try run(executable, arguments)
    }

    /// Runs a line of shell in which `$POOLTOP` stands for the command.
    static func shell(_ line: String) throws -> ChildProcess {
        let script = "POOLTOP='\(executable.path)'; \(line)"
        return try run(URL(fileURLWithPath: "/bin/bash"), ["-c", script])
    }

    private static let executable = built("pooltop")

    /// A command of this package; the test bundle lies in the build folder, and so does it.
    static func built(_ name: String) -> URL {
        let marker = ".xctest"
        let bundle = CommandLine.arguments.first { $0.contains(marker) } ?? CommandLine.arguments[0]
        var folder = URL(fileURLWithPath: bundle).deletingLastPathComponent()
        while folder.path != "/" {
            let candidate = folder.appendingPathComponent(name)
            if FileManager.default.isExecutableFile(atPath: candidate.path) { return candidate }
            folder.deleteLastPathComponent()
        }
        return URL(fileURLWithPath: name)
    }

    /// Runs several at the same time, and returns when all have ended.
    static func pooltops(_ arguments: [[String]]) throws -> [ChildProcess] {
        try arguments.map { try Running(executable, $0) }.map { try $0.end() }
    }

    private static func run(_ executable: URL, _ arguments: [String]) throws -> ChildProcess {
        try Running(executable, arguments).end()
    }
}

/// A command that has been started.
private struct Running {
    let process = Process()
    /// Holds what it prints.
    ///
    /// Files, not pipes: a full pipe would stop the child while this process waits for it.
    let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("pooltop-\(UUID().uuidString)")

    var output: URL { folder.appendingPathComponent("output") }
    var error: URL { folder.appendingPathComponent("error") }

    init(_ executable: URL, _ arguments: [String]) throws {
        process.executableURL = executable
        process.arguments = arguments
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for file in [output, error] { try Data().write(to: file) }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: error)
        try process.run()
    }

    /// Waits for its end.
    func end() throws -> ChildProcess {
        defer { try? FileManager.default.removeItem(at: folder) }
        process.waitUntilExit()
        let status = Int(process.terminationStatus)
        return ChildProcess(
            standardOutput: try String(contentsOf: output, encoding: .utf8),
            standardError: try String(contentsOf: error, encoding: .utf8),
            status: process.terminationReason == .exit ? status : 128 + status
        )
    }
}
