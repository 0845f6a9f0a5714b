// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import SystemPackage

/// Lines on standard output, written through at once.
enum StandardOutput {
    /// Writes one line.
    ///
    /// - Throws: `ExitCode.success` where nobody reads any more: a closed pipe is how a reader says
    ///   that it has seen enough.
    static func write(line: String) throws {
        try write(bytes: Array("\(line)\n".utf8))
    }

    /// Writes bytes as they are.
    static func write(bytes: [UInt8]) throws {
        do {
            _ = try FileDescriptor.standardOutput.writeAll(bytes)
        } catch Errno.brokenPipe {
            throw ExitCode.success
        } catch {
            throw UsageError("Standard output cannot be written: \(error).")
        }
    }
}
