// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A program that has been started and runs beside the test.
///
/// By `posix_spawn` and `waitpid`: Foundation's `Process` learns of an end from a socket that the
/// child inherits, as do the child's own children, and at times it misses that end.
///
/// A program that does not end is killed after `patience`, so that a hang is a failure that names
/// it, and the other tests are heard of too.
package struct StartedProgram {
    /// How it ended, and what it had written.
    package struct End {
        package let output: String
        package let error: String
        /// The exit status, or 128 and the signal's number, as a shell would show it.
        package let status: Int
    }

    /// Holds what it reads and writes.
    ///
    /// Files, not pipes: a full pipe would stop the child while this process waits for it.
    private let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("started-\(UUID().uuidString)")
    private let identifier: pid_t
    /// The command, for a message.
    private let words: String

    /// Starts it with `input` as its standard input.
    ///
    /// - Throws: `POSIXError` where it cannot be started.
    package init(_ path: String, _ arguments: [String] = [], input: String = "") throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let files = ["input", "output", "error"].map { [folder] in
            folder.appendingPathComponent($0)
        }
        for file in files { try Data().write(to: file) }
        try Data(input.utf8).write(to: files[0])
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for (descriptor, file) in files.enumerated() {
            let mode = descriptor == 0 ? O_RDONLY : O_WRONLY
            let number = Int32(descriptor)
            unsafe posix_spawn_file_actions_addopen(&actions, number, file.path, mode, 0)
        }
        let environment = ProcessInfo.processInfo.environment.map { "\($0)=\($1)" }
        var argumentBytes = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
        var variables = unsafe environment.map { unsafe strdup($0) } + [nil]
        defer { unsafe (argumentBytes + variables).forEach { unsafe free($0) } }
        var child: pid_t = 0
        let code = unsafe posix_spawn(&child, path, &actions, nil, &argumentBytes, &variables)
        if code != 0 { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO) }
        identifier = child
        words = ([path] + arguments).joined(separator: " ")
    }

    /// Waits for its end; once.
    ///
    /// - Throws: `Impatience` where it had to be killed; the text is what it had written to its
    ///   standard error.
    package func end(patience: Duration = .seconds(300)) throws -> End {
        defer { try? FileManager.default.removeItem(at: folder) }
        var status: Int32 = 0
        do {
            try eventually("the program ends", within: patience, every: .milliseconds(5)) {
                let ended = unsafe waitpid(identifier, &status, WNOHANG)
                if ended < 0, errno != EINTR {
                    throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
                }
                return ended == identifier
            }
        } catch let impatience as Impatience {
            stop()
            let said = try written("error")
            throw Impatience(description: "\(words): \(impatience.description) \(said)")
        }
        let signal = status & 0x7f
        return End(
            output: try written("output"),
            error: try written("error"),
            status: Int(signal == 0 ? status >> 8 & 0xff : 128 + signal)
        )
    }

    /// What it has written to its standard output so far.
    package func outputSoFar() throws -> String { try written("output") }

    /// Kills it and waits for its end; instead of `end`.
    package func stop() {
        kill(identifier, SIGKILL)
        var status: Int32 = 0
        while unsafe waitpid(identifier, &status, 0) < 0, errno == EINTR {}
    }

    private func written(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: folder.appendingPathComponent(name)), as: UTF8.self)
    }
}
