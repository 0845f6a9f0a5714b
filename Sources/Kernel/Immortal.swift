// SPDX-License-Identifier: Apache-2.0

internal import CLinux

/// Objects that are never freed.
package enum Immortal {
    /// From here on the object lives for ever, and counting references to it writes nothing.
    ///
    /// For an object that all threads use until the process ends. Each reference that one of them
    /// took would take the object's cache line away from the others.
    package static func make(_ object: AnyObject) {
        unsafe _swift_stdlib_immortalize(Unmanaged.passUnretained(object).toOpaque())
    }
}
