// SPDX-License-Identifier: Apache-2.0

internal import DequeModule
internal import Kernel
internal import Synchronization

/// What the machine did that is being watched: its latest steps.
///
/// One at a time: who runs any other machine looks at one word and goes on.
final class MachineStory: Sendable {
    static let limit = 200

    /// One change of state.
    struct Step: Sendable {
        var at: UInt64
        var state: UInt8
        /// Kind and number of the lane of the thread that made the change.
        var thread: UInt32
        var chain: UInt16
        /// The scheduler that ran it last, by the raw value of its name; 0 for the pool.
        var scheduler: UInt8 = 0
        /// How long it had been in the state before.
        var afterNanoseconds: UInt64
    }

    private struct State {
        var steps: Deque<Step> = []
        var before = 0
    }

    private let number = Atomic<UInt32>(0)
    private let state = Lock(State())

    /// The machine that is watched; 0 for none.
    var watched: UInt32 {
        // Relaxed: a step more or less at the beginning of a story is none of anybody's business.
        get { number.load(ordering: .relaxed) }
        set {
            guard newValue != watched else { return }
            state.withLock { state in
                state = State()
                number.store(newValue, ordering: .relaxed)
            }
        }
    }

    /// Adds a step of that machine, unless another one is watched by now.
    func append(_ step: Step, of machine: UInt32) {
        state.withLock { state in
            guard machine == watched else { return }
            if state.steps.count == MachineStory.limit {
                state.steps.removeFirst()
                state.before += 1
            }
            state.steps.append(step)
        }
    }

    /// The steps that are kept, and how many were before them.
    var all: (steps: [Step], before: Int) { state.withLock { (Array($0.steps), $0.before) } }
}

extension MachineStory.Step {
    /// Where the continuation was placed: the scheduler that ran it, or the kind of thread.
    var placement: Placement {
        if let name = SchedulerName(rawValue: scheduler) {
            return Placement(rawValue: name.rawName) ?? .worker
        }
        return StateMachineRegistry.threadName(thread).hasPrefix("poller-") ? .inline : .worker
    }
}
