// SPDX-License-Identifier: Apache-2.0

internal import Glibc
package import SystemPackage

/// One of the three streams that a process starts with.
package enum StandardStream: Int32, Sendable {
    case input = 0
    case output = 1
    case error = 2

    /// Waits for bytes and returns them; none are the end of the stream.
    package func read(atMost count: Int) throws(Errno) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let received = try systemCall { unsafe Glibc.read(rawValue, &bytes, count) }
        bytes.removeLast(count - received)
        return bytes
    }

    /// Whether a person is at the other end.
    ///
    /// Corresponds to `isatty(3)`.
    package var isTerminal: Bool { isatty(rawValue) == 1 }
}
