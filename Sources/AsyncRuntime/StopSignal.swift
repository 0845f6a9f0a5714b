// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Synchronization

/// What the runtime's own blocking and burning calls look at, so that stopping is prompt.
final class StopSignal: Sendable {
    /// 0 until the runtime stops; a futex, since any number of threads may wait on it.
    private let word = Atomic<UInt32>(0)
    /// Whether waits for async code end as soon as they begin.
    private let refusesWaits = Atomic(false)
    private let waits = Lock<[ObjectIdentifier: SynchronousWait]>([:])

    var isSet: Bool { word.load(ordering: .relaxed) != 0 }

    func set() {
        word.store(1, ordering: .releasing)
        Futex.wake(word, count: .max)
        for wait in synchronousWaits { wait.finish(.stopped) }
    }

    /// Threads that are blocked for a result of async code.
    var synchronousWaits: [SynchronousWait] { waits.withLock { Array($0.values) } }

    /// Ends the wait when the runtime stops; undone by ``remove(_:)``.
    ///
    /// It is entered before the word is looked at, and the word is set before the entries are walked,
    /// both entries and walk under the lock: whoever has it second sees what the other did before.
    func add(_ wait: SynchronousWait) {
        waits.withLock { $0[ObjectIdentifier(wait)] = wait }
        if isSet {
            wait.finish(.stopped)
        } else if refusesWaits.load(ordering: .sequentiallyConsistent) {
            wait.finish(.cancelled)
        }
    }

    /// Cancels all waits that there are and, until it is told otherwise, those that come.
    func refuseWaits(_ refuses: Bool) {
        refusesWaits.store(refuses, ordering: .sequentiallyConsistent)
        guard refuses else { return }
        for wait in synchronousWaits { wait.finish(.cancelled) }
    }

    func remove(_ wait: SynchronousWait) {
        waits.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(wait)) }
    }

    /// Sleeps for `duration`, or until the runtime stops.
    func wait(for duration: Duration) {
        let deadline = Instant.now.advanced(by: duration)
        while !isSet {
            let rest = WorldClock.patience(until: deadline)
            guard rest > .zero else { return }
            Futex.wait(word, while: 0, timeout: rest)
        }
    }
}
