// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// What is written to standard error once the screen has been left.
///
/// A terminal that takes nothing does not keep the process from ending: it loses these words. To
/// wait until it is writable would not do, since it then takes a byte and waits for the others.
package struct LastWords {
    /// How long a terminal that takes nothing is waited for.
    private static let patienceMilliseconds: Int32 = 200

    /// `nil` where standard error is a file or a pipe, which may be waited for.
    private let writer: TerminalWriter?

    package init() {
        writer = isatty(2) == 1 ? try? TerminalWriter(terminal: 2) : nil
    }

    /// Returns whether all has been taken.
    @discardableResult
    package func say(_ bytes: [UInt8]) -> Bool {
        guard let writer else { return writeAll(bytes) }
        guard (try? writer.write(bytes)) != nil else { return false }
        return writer.flush(patienceMilliseconds: Self.patienceMilliseconds)
    }

    private func writeAll(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { buffer in
                unsafe Glibc.write(2, buffer.baseAddress, buffer.count)
            }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if count == 0 || errno != EINTR {
                return false
            }
        }
        return true
    }
}
