// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Zeroed memory whose pages are not touched before they are used: large tables that stay mostly
/// empty cost nothing.
package enum ZeroedMemory {
    /// Corresponds to `calloc(3)`; to be given back with `free`.
    package static func allocate(byteCount: Int) -> UnsafeMutableRawPointer {
        guard let memory = unsafe calloc(1, byteCount) else {
            fatalError("Out of memory: \(byteCount) bytes were asked for.")
        }
        return unsafe memory
    }

    /// Gives memory of ``allocate(byteCount:)`` back.
    package static func free(_ memory: UnsafeMutableRawPointer) {
        unsafe Glibc.free(memory)
    }
}
