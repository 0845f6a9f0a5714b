// SPDX-License-Identifier: Apache-2.0

internal import Glibc

#if !THREAD_SANITIZER
public import Synchronization
#endif

/// The project's only lock.
///
/// Every use is a leaf: nothing is resumed, posted or locked under it.
///
/// A state that is a bare function is wrapped anew at every access; put it into a structure.
///
/// It is `Synchronization.Mutex`, except under ThreadSanitizer, which cannot see into that type's
/// slow path on Linux and reports races that are none; there it is a `pthread_mutex_t`. In debug
/// builds a thread that takes a second lock traps, which keeps the leaf rule honest.
@usableFromInline
package struct Lock<State: ~Copyable>: ~Copyable, Sendable {
    #if THREAD_SANITIZER
    @usableFromInline let box: PthreadBox<State>
    #else
    @usableFromInline let mutex: Mutex<State>
    #endif

    package init(_ initial: consuming sending State) {
        #if THREAD_SANITIZER
        box = PthreadBox(initial)
        #else
        mutex = Mutex(initial)
        #endif
    }

    /// Runs `body` while holding the lock.
    ///
    /// It must not take another lock.
    @inline(__always)
    @inlinable
    package borrowing func withLock<Result: ~Copyable, Failure: Error>(
        _ body: (inout sending State) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        LeafRule.enter()
        defer { LeafRule.leave() }
        #if THREAD_SANITIZER
        return try box.withLock(body)
        #else
        return try mutex.withLock(body)
        #endif
    }
}

/// Counts the locks that the calling thread holds, in debug builds.
@usableFromInline enum LeafRule {
    @inline(__always)
    @inlinable
    static func enter() {
        assert(ThreadLocal.enterLock(), "A lock was taken while another is held: locks are leaves.")
    }

    @inline(__always)
    @inlinable
    static func leave() {
        assert(ThreadLocal.leaveLock())
    }
}

#if THREAD_SANITIZER
// INVARIANT: `state` is touched only between lock and unlock of `mutex`.
@usableFromInline @safe final class PthreadBox<State: ~Copyable>: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private var state: State

    init(_ initial: consuming sending State) {
        state = initial
        unsafe pthread_mutex_init(mutex, nil)
    }

    deinit {
        unsafe pthread_mutex_destroy(mutex)
        unsafe mutex.deallocate()
    }

    @usableFromInline
    func withLock<Result: ~Copyable, Failure: Error>(
        _ body: (inout sending State) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return try body(&state)
    }
}
#endif
