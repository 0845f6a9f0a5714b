// SPDX-License-Identifier: Apache-2.0

internal import DequeModule
internal import Kernel
internal import Synchronization

/// A queue that all threads share, first in, first out.
final class GlobalQueue: Sendable {
    private struct State {
        var items = Deque<WorkItem>()
    }

    private let state = Lock(State())
    private let length = Atomic<Int>(0)

    /// Items in the queue at some recent moment; exact while nobody changes it.
    var count: Int { length.load(ordering: .relaxed) }

    func append(_ item: WorkItem) {
        state.withLock { state in
            state.items.append(item)
            length.store(state.items.count, ordering: .relaxed)
        }
    }

    func append(_ items: [WorkItem]) {
        state.withLock { state in
            state.items.append(contentsOf: items)
            length.store(state.items.count, ordering: .relaxed)
        }
    }

    /// Takes the oldest item.
    ///
    /// The length is looked at first, without the lock. A worker that looks before it parks has just
    /// cleared the pool's request flag by an exchange; an item whose request that exchange read is
    /// visible here, and one that came later sets the flag again (see `WorkerPool`).
    func take() -> WorkItem? {
        guard length.load(ordering: .relaxed) > 0 else { return nil }
        return state.withLock { state in
            let item = state.items.popFirst()
            length.store(state.items.count, ordering: .relaxed)
            return item
        }
    }
}
