// SPDX-License-Identifier: Apache-2.0

internal import CLinux

/// The task that runs on the calling thread.
package enum RunningTask {
    /// Its address; 0 outside of tasks.
    ///
    /// `withUnsafeCurrentTask` says the same, and retains, and calls its body through a pointer: a
    /// fifth of what an await of ours cost.
    @inline(__always)
    package static var address: UInt { unsafe UInt(bitPattern: swift_task_getCurrent()) }

    /// Whether the task, or one that it came from, has bound a value to this `TaskLocal`.
    ///
    /// Its own `get` says what the value is, and not whether it is the default.
    package static func binds(_ local: AnyObject) -> Bool {
        unsafe swift_task_localValueGet(Unmanaged.passUnretained(local).toOpaque()) != nil
    }

    /// Calls `action` with `word` when the task is cancelled; at once, if it has been already.
    ///
    /// `withTaskCancellationHandler` says the same, and keeps three frames in the task's memory while
    /// it is suspended: 330 bytes, with which most tasks of ours needed a second kilobyte. Both calls
    /// are the ones that it makes itself, and its rules hold. The task keeps a record of the watch in
    /// its own memory, which is given back in reverse order: what is returned has to be given to
    /// ``unwatch(_:)`` by the very function that called this one, after what it awaited meanwhile has
    /// returned. The action is called at most once, on the thread that cancels, which holds the task's
    /// record until it has returned; so `unwatch` waits for it, and it must not wait for the task.
    ///
    /// All calls in a process are made with the same `action`.
    @inline(__always)
    package static func watchCancellation(
        _ word: UInt64,
        _ action: @convention(c) (UInt64) -> Void
    ) -> UInt {
        unsafe UInt(bitPattern: clinux_watch_cancellation(action, word))
    }

    /// From here on the action is not called; where it is being called, its end is waited for.
    @inline(__always)
    package static func unwatch(_ watch: UInt) {
        unsafe clinux_unwatch_cancellation(UnsafeMutableRawPointer(bitPattern: watch))
    }
}
