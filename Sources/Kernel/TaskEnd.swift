// SPDX-License-Identifier: Apache-2.0

internal import CLinux

/// The moment at which a task ends, of which the concurrency runtime tells no executor.
///
/// A task's first context holds the function to which its outermost one returns: the concurrency
/// runtime's own, which completes the task. A function of ours takes its place, reports, and goes on
/// with the other. So an end is seen exactly once, on the task's own thread, whichever executor ran
/// the task, while the task object still is whole; also that of an `async let`, whose memory its
/// parent takes back at once.
package enum TaskEnd {
    /// Has `action` called with the address of each watched task that ends: its body has returned, and
    /// nobody who waits for the task knows yet.
    ///
    /// One action per process at a time.
    package static func perform(_ action: @escaping @convention(c) (UInt) -> Void) {
        clinux_on_task_end(action)
    }

    /// Watches the end of the task whose first context this is; whether that is possible.
    ///
    /// Only for a task that is being enqueued, or that runs on the calling thread. A task that is
    /// watched already stays so.
    @inline(__always)
    package static func watch(firstContext: UInt) -> Bool {
        clinux_watch_task_end(firstContext)
    }
}
