// SPDX-License-Identifier: Apache-2.0

/// A value in memory of its own, which one thread at a time changes in place.
///
/// A class's property that is changed in place is guarded by the language against a change within the
/// change, at 10 ns each time. Here whoever uses it sees to that: what is called inside must not
/// come back to the same value.
@usableFromInline
@frozen @safe package struct Unguarded<Value>: ~Copyable {
    @usableFromInline let memory: UnsafeMutablePointer<Value>

    @inlinable
    package init(_ value: Value) {
        unsafe memory = .allocate(capacity: 1)
        unsafe memory.initialize(to: value)
    }

    @inlinable
    deinit {
        unsafe memory.deinitialize(count: 1)
        unsafe memory.deallocate()
    }

    /// Calls `body` with the value.
    @inline(__always)
    @inlinable
    package func withValue<Result>(_ body: (inout Value) -> Result) -> Result {
        unsafe body(&memory.pointee)
    }
}
