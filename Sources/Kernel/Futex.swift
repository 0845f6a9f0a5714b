// SPDX-License-Identifier: Apache-2.0

internal import CLinux
package import Synchronization

/// Sleeping and waking on one word.
///
/// Corresponds to `futex(2)`, private to the process.
package enum Futex {
    /// Sleeps while the word holds `expected`.
    ///
    /// May return early; callers check their condition again.
    package static func wait(
        _ word: borrowing Atomic<UInt32>,
        while expected: UInt32,
        timeout: Duration? = nil
    ) {
        let nanoseconds = timeout.map { max(0, $0.nanosecondsClamped) } ?? -1
        unsafe withAddress(of: word) { address in
            _ = unsafe clinux_futex_wait(address, expected, nanoseconds)
        }
    }

    package static func wake(_ word: borrowing Atomic<UInt32>, count: Int32 = 1) {
        unsafe withAddress(of: word) { address in
            _ = unsafe clinux_futex_wake(address, count)
        }
    }

    /// An `Atomic` that is a stored property of a class or of a never-moved slot has one address
    /// for life, and borrowing it yields that address: the type is raw-layout and is not copied.
    private static func withAddress(
        of word: borrowing Atomic<UInt32>,
        _ body: (UnsafeRawPointer) -> Void
    ) {
        unsafe withUnsafePointer(to: word) { unsafe body(UnsafeRawPointer($0)) }
    }
}
