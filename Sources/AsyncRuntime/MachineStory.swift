// SPDX-License-Identifier: Apache-2.0

internal import DequeModule

/// What one machine did since it is watched: its latest steps, and how many children it has had.
struct MachineStory: Sendable {
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

    /// Children of one kind that were begun, and those of them that have ended.
    struct Children: Sendable {
        var started = 0
        var done = 0
    }

    let number: UInt32
    /// Since when it is watched.
    let since: UInt64
    private(set) var steps: Deque<Step> = []
    private(set) var stepsBefore = 0
    var groupChildren = Children()
    var asyncLetChildren = Children()

    init(of number: UInt32, since: UInt64) {
        self.number = number
        self.since = since
    }

    /// A story with steps of its own: the reader copies them, and not the machine at its next step.
    var copied: MachineStory {
        var story = self
        story.steps = Deque(Array(steps))
        return story
    }

    mutating func append(_ step: Step) {
        if steps.count == MachineStory.limit {
            steps.removeFirst()
            stepsBefore += 1
        }
        steps.append(step)
    }

    /// Counts a child that began or ended.
    ///
    /// Only one that has begun since the machine is watched: so those that have ended are some of those
    /// that began.
    mutating func count(
        _ origin: StateMachineRegistry.Origin,
        startedAt: UInt64,
        started: Int,
        done: Int
    ) {
        guard startedAt >= since else { return }
        switch origin {
        case .group:
            groupChildren.started += started
            groupChildren.done += done
        case .asyncLet:
            asyncLetChildren.started += started
            asyncLetChildren.done += done
        case .task, .sleep, .none: break
        }
    }
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
