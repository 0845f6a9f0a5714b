// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc
package import SystemPackage

/// A thread of the operating system, named so that `top -H` and `/proc` show what it is.
///
/// Who starts a thread joins it, once; `ThreadRoster` does so for threads that come and go.
package final class KernelThread: Sendable {
    private let handle: pthread_t

    /// Starts a thread that runs `body`.
    ///
    /// Names are cut at 15 bytes.
    ///
    /// Throws `EAGAIN` where a limit of threads or memory is hit.
    package init(
        name: String,
        stackBytes: Int? = nil,
        _ body: @escaping @Sendable () -> Void
    ) throws(Errno) {
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        defer { unsafe pthread_attr_destroy(&attributes) }
        if let stackBytes { unsafe pthread_attr_setstacksize(&attributes, stackBytes) }
        let start = unsafe Unmanaged.passRetained(Start(name: name, body: body))
        var thread = pthread_t()
        let code = unsafe pthread_create(&thread, &attributes, threadMain, start.toOpaque())
        guard code == 0 else {
            unsafe start.release()
            throw Errno(rawValue: code)
        }
        handle = thread
    }

    /// Waits until the thread has ended, at most for `timeout`.
    ///
    /// Returns whether it has.
    ///
    /// - Precondition: it was not joined before.
    package func join(timeout: Duration) -> Bool {
        clinux_join(handle, max(0, timeout.nanosecondsClamped)) == 0
    }
}

private final class Start {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }
}

/// Outside any actor: a C function pointer written inside `@MainActor` code would trap here.
private func threadMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument = unsafe argument else { return nil }
    // A crash is handled on a stack of its own, since the thread's may be what has run out.
    unsafe clinux_with_signal_stack(runBody, argument)
    return nil
}

private func runBody(_ argument: UnsafeMutableRawPointer?) {
    guard let argument = unsafe argument else { return }
    let start = unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
    CurrentThread.setName(start.name)
    start.body()
}

/// The calling thread.
package enum CurrentThread {
    package static func setName(_ name: String) {
        _ = unsafe String(decoding: name.utf8.prefix(15), as: UTF8.self).withCString {
            unsafe clinux_set_thread_name($0)
        }
    }

    /// The calling thread's name, as `/proc` shows it.
    package static var name: String { ProcessStatus.threadName(clinux_gettid()) }

    /// Processor time that the calling thread has used.
    package static var processorTime: Duration {
        .nanoseconds(Int64(clamping: clinux_thread_cpu_ns()))
    }

    /// Whether it is the process's first thread.
    package static var isMain: Bool { clinux_gettid() == getpid() }

    /// From here on the thread that is woken waits for its turn, rather than taking the processor
    /// from the thread that woke it.
    ///
    /// Corresponds to `sched_setscheduler(2)` with `SCHED_BATCH`. Returns whether it worked.
    @discardableResult
    package static func preferThroughput() -> Bool { clinux_prefer_throughput() == 0 }

    /// Holds the calling thread for a time, and does nothing else with it.
    ///
    /// Corresponds to `nanosleep(2)`.
    package static func sleep(for duration: Duration) {
        let nanoseconds = max(0, duration.nanosecondsClamped)
        var left = timespec()
        left.tv_sec = Int(nanoseconds / 1_000_000_000)
        left.tv_nsec = Int(nanoseconds % 1_000_000_000)
        var rest = timespec()
        while unsafe nanosleep(&left, &rest) != 0, errno == EINTR { left = rest }
    }

    /// Gives up the processor for a moment.
    ///
    /// Corresponds to `sched_yield(2)`.
    package static func yieldProcessor() { sched_yield() }

    /// Tells the processor that this is a spin loop.
    @inline(__always)
    package static func pause() { clinux_pause() }
}
