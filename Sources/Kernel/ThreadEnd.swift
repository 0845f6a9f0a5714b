// SPDX-License-Identifier: Apache-2.0

internal import CLinux

/// What is to be done when a thread ends that others have started.
///
/// Corresponds to the destructor of `pthread_key_create(3)`. It does not run for the process's
/// first thread, which ends with the process.
package enum ThreadEnd {
    /// Calls `body` on the calling thread when it ends, after what was asked for before.
    package static func perform(_ body: @escaping @Sendable () -> Void) {
        let list: List
        if let known = unsafe clinux_get_end_argument() {
            list = unsafe Unmanaged<List>.fromOpaque(known).takeUnretainedValue()
        } else {
            list = List()
            let raw = unsafe Unmanaged.passRetained(list).toOpaque()
            guard unsafe clinux_at_thread_end(endThread, raw) == 0 else {
                unsafe Unmanaged<List>.fromOpaque(raw).release()
                return
            }
        }
        list.bodies.append(body)
    }

    /// Touched by the thread whose list it is, and by no other.
    fileprivate final class List {
        var bodies: [@Sendable () -> Void] = []
    }
}

/// Outside any actor, as every C function pointer that another thread may call.
private func endThread(_ argument: UnsafeMutableRawPointer?) {
    guard let argument = unsafe argument else { return }
    let list = unsafe Unmanaged<ThreadEnd.List>.fromOpaque(argument).takeRetainedValue()
    for body in list.bodies { body() }
}
