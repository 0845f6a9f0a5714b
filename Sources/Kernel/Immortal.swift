// SPDX-License-Identifier: Apache-2.0

internal import CLinux

/// Objects that are never freed.
package enum Immortal {
    /// From here on the object lives for ever, and counting references to it writes nothing.
    ///
    /// For an object that all threads use until the process ends. Each reference that one of them
    /// took would take the object's cache line away from the others.
    ///
    /// - Precondition: nobody has a weak reference to the object. Its count is then kept elsewhere, and
    ///   the mark is set into the address of where that is: half of all unowned references would find
    ///   the object destroyed.
    package static func make(_ object: AnyObject) {
        let pointer = unsafe Unmanaged.passUnretained(object).toOpaque()
        // The second word of an object; its two highest bits say that the count is kept elsewhere.
        let word = unsafe pointer.load(fromByteOffset: 8, as: UInt64.self)
        precondition(word >> 62 != 3, "An object with weak references cannot be made immortal.")
        unsafe _swift_stdlib_immortalize(pointer)
    }
}
