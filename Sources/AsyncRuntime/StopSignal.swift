// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Synchronization

/// What the runtime's own blocking and burning calls look at, so that stopping is prompt.
final class StopSignal: Sendable {
    /// 0 until the runtime stops; a futex, since any number of threads may wait on it.
    private let word = Atomic<UInt32>(0)

    var isSet: Bool { word.load(ordering: .relaxed) != 0 }

    func set() {
        word.store(1, ordering: .releasing)
        Futex.wake(word, count: .max)
    }

    /// Sleeps for `duration`, or until the runtime stops.
    func wait(for duration: Duration) {
        let deadline = Instant.now.advanced(by: duration)
        while !isSet {
            let rest = deadline.duration(since: .now)
            guard rest > .zero else { return }
            Futex.wait(word, while: 0, timeout: rest)
        }
    }
}
