// SPDX-License-Identifier: Apache-2.0

/// A reference that is not counted, to an object that outlives whoever holds it.
///
/// A counted one is taken and given back around every call through it. Where many threads use one
/// object, each count takes the object's cache line away from the others; and one that is
/// `Immortal` still pays for the look that finds it so.
@usableFromInline
@frozen @safe package struct Uncounted<Object: AnyObject & Sendable>: Sendable {
    @usableFromInline let reference: Unmanaged<Object>

    /// Whoever makes it sees to it that the object is there for as long as this is used.
    @inline(__always)
    @inlinable
    package init(_ object: Object) {
        unsafe reference = Unmanaged.passUnretained(object)
    }

    /// Calls `body` with the object.
    @inline(__always)
    @inlinable
    package func with<Result>(_ body: (Object) -> Result) -> Result {
        unsafe reference._withUnsafeGuaranteedRef(body)
    }

    /// The object, counted from here on.
    @inline(__always)
    @inlinable
    package var counted: Object { unsafe reference.takeUnretainedValue() }
}
