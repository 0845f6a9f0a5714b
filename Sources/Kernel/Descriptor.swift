// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Owner of one file descriptor; closes it when it ends.
package struct Descriptor: ~Copyable, Sendable {
    package let number: Int32

    package init(taking number: Int32) {
        precondition(number >= 0, "A descriptor is not negative.")
        self.number = number
    }

    deinit {
        // close(2) is not repeated on EINTR: Linux has released the number by then.
        _ = Glibc.close(number)
    }

    /// Gives the number away without closing it.
    package consuming func release() -> Int32 {
        let number = number
        discard self
        return number
    }
}
