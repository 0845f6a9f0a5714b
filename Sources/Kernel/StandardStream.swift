// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// One of the three streams that a process starts with.
package enum StandardStream: Int32, Sendable {
    case input = 0
    case output = 1
    case error = 2

    /// Whether a person is at the other end.
    ///
    /// Corresponds to `isatty(3)`.
    package var isTerminal: Bool { isatty(rawValue) == 1 }
}
