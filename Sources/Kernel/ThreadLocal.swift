// SPDX-License-Identifier: Apache-2.0

public import CLinux

/// The calling thread's own word, its number, and a debug counter of the locks it holds.
@usableFromInline package enum ThreadLocal {
    /// What `owner` keeps about the calling thread; `nil` where it has not set anything, or
    /// somebody else has since.
    ///
    /// Setting does not retain: who sets it keeps the object alive for as long as it asks for it.
    /// Owners are numbers that are never used again, so that nobody takes another's word for its
    /// own.
    @inline(__always)
    @inlinable
    package static func word(of owner: UInt64) -> UnsafeMutableRawPointer? {
        unsafe clinux_get_thread_owner() == owner ? clinux_get_thread_word() : nil
    }

    package static func setWord(_ word: UnsafeMutableRawPointer?, of owner: UInt64) {
        unsafe clinux_set_thread_word(word, owner)
    }

    /// A small number that no other thread of the process has.
    package static var number: UInt32 { clinux_thread_number() }

    #if DEBUG
    @usableFromInline
    static func enterLock() -> Bool {
        let depth = clinux_lock_depth_add(1)
        return depth == 1
    }

    @usableFromInline
    static func leaveLock() -> Bool {
        clinux_lock_depth_add(-1) == 0
    }
    #else
    @inlinable
    static func enterLock() -> Bool { true }

    @inlinable
    static func leaveLock() -> Bool { true }
    #endif
}
