// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import SystemPackage
package import Telemetry

/// Runs `body` on `count` threads of its own, numbered from 0, and waits for all of them.
///
/// Throws where one has not ended when `patience` is over: it hangs.
package func onThreads(
    _ count: Int,
    patience: Duration = .seconds(120),
    _ body: @escaping @Sendable (Int) -> Void
) throws {
    let threads = try (0..<count).map { index in
        try KernelThread(name: "test-\(index)") { body(index) }
    }
    let late = threads.filter { !$0.join(timeout: patience) }
    guard late.isEmpty else {
        throw Impatience(description: "\(late.count) of \(count) test threads did not end.")
    }
}

/// A lane for every thread that asks, and their sums: a sampler for tests.
package final class Lanes: Sendable {
    package let epoch = CounterEpoch()
    private struct State {
        var all: [ThreadLane] = []
        var byThread: [UInt32: ThreadLane] = [:]
        var sums = [Int](repeating: 0, count: Counter.allCases.count)
    }

    private let state = Lock(State())
    private let sampling = Turn()

    package init() {}

    /// A new lane.
    package func make(kind: ThreadLane.Kind = .other, number: Int = 0) -> ThreadLane {
        state.withLock { state in
            let lane = ThreadLane(
                kind: kind,
                number: number,
                index: state.all.count,
                epoch: epoch,
                eventCapacity: 64
            )
            state.all.append(lane)
            return lane
        }
    }

    /// The lane of the calling thread, made at first use.
    package var current: ThreadLane {
        let number = ThreadLocal.number
        if let lane = state.withLock({ $0.byThread[number] }) { return lane }
        let lane = make()
        adopt(lane)
        return lane
    }

    /// Makes `lane` the calling thread's.
    package func adopt(_ lane: ThreadLane) {
        let number = ThreadLocal.number
        state.withLock { $0.byThread[number] = lane }
    }

    package var all: [ThreadLane] { state.withLock { $0.all } }

    /// Closes the epoch and returns all counts up to here: one consistent cut.
    package func cut() -> [Int] {
        sampling.take {
            let closed = epoch.advance()
            let lanes = all
            var delta = [Int](repeating: 0, count: Counter.allCases.count)
            for lane in lanes { lane.awaitQuiescence { CurrentThread.yieldProcessor() } }
            for lane in lanes { lane.drainCounters(ofEpoch: closed, into: &delta) }
            return state.withLock { state in
                for index in delta.indices { state.sums[index] += delta[index] }
                return state.sums
            }
        }
    }

    /// The operations' books of one cut.
    package func books() -> RuntimeSnapshot.Operations {
        let sums = cut()
        var books = RuntimeSnapshot.Operations()
        books.submitted = sums[Counter.submitted.rawValue]
        books.inFlight = sums[Counter.slots.rawValue]
        books.completed = sums[Counter.completed.rawValue]
        books.failed = sums[Counter.failed.rawValue]
        books.cancelled = sums[Counter.cancelled.rawValue]
        books.timedOut = sums[Counter.timedOut.rawValue]
        return books
    }

    /// How far `item` has grown on all threads.
    package func progress(_ item: Progress) -> Int {
        all.reduce(0) { $0 + $1.progress(item) }
    }
}
