// SPDX-License-Identifier: Apache-2.0

package import SystemPackage

/// Threads of one kind that come and go, so that each is joined exactly once.
package final class ThreadRoster: Sendable {
    private struct Entry: Sendable {
        var name: String
        var thread: KernelThread?
        var hasEnded = false
    }

    private struct State {
        var entries: [Int: Entry] = [:]
        var nextKey = 0
    }

    private let state = Lock(State())

    package init() {}

    /// Starts a thread, see `KernelThread`.
    package func start(
        name: String,
        stackBytes: Int? = nil,
        _ body: @escaping @Sendable () -> Void
    ) throws(Errno) {
        let key = state.withLock { state in
            state.nextKey += 1
            state.entries[state.nextKey] = Entry(name: name)
            return state.nextKey
        }
        do throws(Errno) {
            let thread = try KernelThread(name: name, stackBytes: stackBytes) { [state = self] in
                body()
                state.hasEnded(key)
            }
            state.withLock { $0.entries[key]?.thread = thread }
        } catch {
            state.withLock { _ = $0.entries.removeValue(forKey: key) }
            throw error
        }
    }

    private func hasEnded(_ key: Int) {
        state.withLock { $0.entries[key]?.hasEnded = true }
    }

    /// Joins the threads whose body has returned; they are about to end.
    package func joinEnded() {
        let ended = state.withLock { state -> [KernelThread] in
            let keys = state.entries.filter { $0.value.hasEnded && $0.value.thread != nil }.keys
            return keys.compactMap { state.entries.removeValue(forKey: $0)?.thread }
        }
        for thread in ended { _ = thread.join(timeout: .seconds(1)) }
    }

    /// Joins all threads.
    ///
    /// Returns the names of those that are still running at `deadline`; they stay on the roster and
    /// can be joined later.
    package func join(until deadline: Instant) -> [String] {
        let pause = Parker()
        while true {
            // Those that are being started have no thread to join yet; they stay for the next round.
            let (started, isStarting) = state.withLock { state -> ([Int: Entry], Bool) in
                let started = state.entries.filter { $0.value.thread != nil }
                state.entries = state.entries.filter { $0.value.thread == nil }
                return (started, !state.entries.isEmpty)
            }
            let late = started.filter { _, entry in
                guard let thread = entry.thread else { return false }
                return !thread.join(timeout: deadline.duration(since: .now))
            }
            state.withLock { $0.entries.merge(late) { _, late in late } }
            guard isStarting, late.isEmpty, Instant.now < deadline else {
                return state.withLock { $0.entries.values.map(\.name).sorted() }
            }
            pause.park(timeout: .milliseconds(1))
        }
    }
}
