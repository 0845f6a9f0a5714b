// SPDX-License-Identifier: Apache-2.0

public import CLinux

/// Memory that will be needed soon, asked for before it is.
///
/// A line that another processor has written last takes 100 ns and more to come; one that has left
/// the cache, a tenth of that. Of a batch it is known what will be touched next: asked for some items
/// ahead, it comes while the items before it are worked on.
@usableFromInline
package enum CacheLines {
    /// Asks for `count` bytes from the address on, to be written; no address is wrong.
    @inline(__always)
    @inlinable
    package static func fetch(_ address: UInt, count: Int) {
        var line = address & ~63
        while line < address &+ UInt(count) {
            unsafe clinux_prefetch(UnsafeRawPointer(bitPattern: line))
            line &+= 64
        }
    }
}
