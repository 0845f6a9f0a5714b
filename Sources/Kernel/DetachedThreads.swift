// SPDX-License-Identifier: Apache-2.0

internal import Synchronization
package import SystemPackage

/// Threads that nobody waits for: they are counted, and so is the limit that stops them.
package final class DetachedThreads: Sendable {
    package typealias Start =
        @Sendable (String, @escaping @Sendable () -> Void) throws(Errno) -> Void

    private let start: Start
    private let started = Atomic(0)
    /// The error of the last that could not be created; 0 where all could.
    private let lastError = Atomic<Int32>(0)

    /// - Parameter start: starts a thread of a name; a real one unless a test says otherwise.
    package init(
        start: @escaping Start = { name, body throws(Errno) in
            _ = try KernelThread(name: name, body)
        }
    ) {
        self.start = start
    }

    /// How many could be created.
    package var count: Int { started.load(ordering: .relaxed) }

    /// Why the last that could not be created could not: `EAGAIN` where a limit of threads or
    /// memory is hit.
    package var refusal: Errno? {
        let error = lastError.load(ordering: .relaxed)
        return error == 0 ? nil : Errno(rawValue: error)
    }

    /// Starts a thread; returns whether it could be created.
    @discardableResult
    package func begin(_ name: String, _ body: @escaping @Sendable () -> Void) -> Bool {
        do throws(Errno) {
            try start(name, body)
            started.add(1, ordering: .relaxed)
            return true
        } catch {
            lastError.store(error.rawValue, ordering: .relaxed)
            return false
        }
    }
}
