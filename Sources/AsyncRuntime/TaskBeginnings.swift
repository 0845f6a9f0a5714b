// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// The functions of the concurrency runtime in which tasks begin.
///
/// A new task is enqueued with one of them to go on with: it calls the task's own function, which is
/// kept before the task's first context. A task that has run goes on with a part of a function
/// instead, even where nothing but its first context is left. So this word, and no other, tells a
/// task that begins from one that began elsewhere and comes here from its outermost function.
enum TaskBeginnings {
    /// There are two, of tasks with and without a result; 0 where none is known yet.
    private static let functions = InlineArray<4, Atomic<UInt>> { _ in Atomic<UInt>(0) }

    /// Notes the function with which a new task is enqueued; called at start-up.
    static func learn(_ function: UInt) {
        for index in functions.indices {
            // Relaxed: an entry is written once, by the one thread that looks for them, before anybody
            // is told that the layout is known.
            let known = functions[index].load(ordering: .relaxed)
            if known == function { return }
            guard known == 0 else { continue }
            functions[index].store(function, ordering: .relaxed)
            return
        }
    }

    /// Whether a task that goes on with this function has not run yet.
    @inline(__always)
    static func contain(_ function: UInt) -> Bool {
        for index in functions.indices
        where functions[index].load(ordering: .relaxed) == function {
            return function != 0
        }
        return false
    }
}
