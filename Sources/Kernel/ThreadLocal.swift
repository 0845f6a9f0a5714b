// SPDX-License-Identifier: Apache-2.0

internal import CLinux

/// The calling thread's own word, and a debug counter of the locks it holds.
package enum ThreadLocal {
    /// What the runtime keeps about the calling thread; `nil` on threads that are not its own.
    ///
    /// The setter does not retain: who sets it keeps the object alive until the thread has ended
    /// or has set `nil`.
    @inline(__always)
    package static var word: UnsafeMutableRawPointer? {
        unsafe clinux_get_thread_word()
    }

    package static func setWord(_ word: UnsafeMutableRawPointer?) {
        unsafe clinux_set_thread_word(word)
    }

    /// A small number that no other thread of the process has.
    package static var number: UInt32 { clinux_thread_number() }

    #if DEBUG
    static func enterLock() -> Bool {
        let depth = clinux_lock_depth_add(1)
        return depth == 1
    }

    static func leaveLock() -> Bool {
        clinux_lock_depth_add(-1) == 0
    }
    #else
    @inline(__always) static func enterLock() -> Bool { true }
    @inline(__always) static func leaveLock() -> Bool { true }
    #endif
}
