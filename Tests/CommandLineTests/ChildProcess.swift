// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// A command that was run to its end.
struct ChildProcess {
    let standardOutput: String
    let standardError: String
    /// The exit status, or 128 and the signal's number, as a shell would show it.
    let status: Int

    private init(_ ended: StartedProgram.End) {
        standardOutput = ended.output
        standardError = ended.error
        status = ended.status
    }

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
        try arguments.map { try StartedProgram(executable.path, $0) }
            .map { ChildProcess(try $0.end()) }
    }

    private static func run(_ executable: URL, _ arguments: [String]) throws -> ChildProcess {
        ChildProcess(try StartedProgram(executable.path, arguments).end())
    }
}
