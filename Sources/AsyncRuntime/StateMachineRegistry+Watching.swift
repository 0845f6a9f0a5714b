// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Synchronization
internal import Telemetry

// What the registry tells the stories of machines that are watched. Callers ask first whether any
// machine is: for all others that is all it costs.
extension StateMachineRegistry {
    /// Adds a step to the story of the slot's machine, if it is watched.
    func tell(
        _ slot: UInt32,
        _ time: UInt64,
        _ next: UInt8,
        _ now: UInt64,
        _ lane: ThreadLane
    ) {
        let memory = unsafe pointer(slot)
        let number = unsafe memory.pointee.number.load(ordering: .relaxed)
        guard watched.mayBe(number) else { return }
        let step = MachineStory.Step(
            at: now,
            state: next,
            thread: StateMachineRegistry.threadWord(lane),
            chain: unsafe memory.pointee.chain.load(ordering: .relaxed),
            scheduler: unsafe memory.pointee.scheduler.load(ordering: .relaxed),
            afterNanoseconds: time
        )
        watched.tell(number) { $0.append(step) }
    }

    /// A machine has ended, or has left for another runtime: the last step of its own story here, and
    /// one of its parent's.
    ///
    /// `state` is the word of the state that it was in.
    func tellEnd(of slot: UInt32, after state: UInt64, as last: State, _ lane: ThreadLane) {
        let now = Instant.now.nanoseconds
        let time = now &- min(state & StateMachineRegistry.sinceMask, now)
        tell(slot, time, last.rawValue, now, lane)
        // One that has left is no child of a machine here; should it come back, it begins again.
        let hasEnded = last == .ended
        tellParent(of: slot, started: hasEnded ? 0 : -1, done: hasEnded ? 1 : 0)
    }

    /// A machine has begun; as a rule on the thread of the task that made it.
    func tellStart(of slot: UInt32) {
        tellParent(of: slot, started: 1, done: 0)
        noteLocalsOfCurrentTask()
    }

    /// Whether a new task is the child of a machine that is watched, whose story counts its children.
    func isChildOfWatched(_ task: UInt) -> Bool {
        let parent = TaskLayout.parent(task)
        return parent != 0 && watched.mayBe(TaskLayout.identifier(parent))
    }

    private func tellParent(of slot: UInt32, started: Int, done: Int) {
        let memory = unsafe pointer(slot)
        let parent = unsafe memory.pointee.parent.load(ordering: .relaxed)
        let raw = unsafe memory.pointee.origin.load(ordering: .relaxed)
        guard watched.mayBe(parent), let origin = Origin(rawValue: raw) else { return }
        let startedAt = unsafe memory.pointee.startedAt.load(ordering: .relaxed)
        watched.tell(parent) { story in
            story.count(origin, startedAt: startedAt, started: started, done: done)
        }
    }

    /// Reads the task-local values of the task that runs on the calling thread, if it is watched.
    ///
    /// Inside the task's own await: no code of the user's runs here, but what ends the life of an object
    /// of the user's that was read before and that nobody has looked at.
    func noteLocalsOfCurrentTask() {
        let task = TaskLayout.current
        guard task != 0 else { return }
        let number = TaskLayout.identifier(task)
        guard watched.isWatched(number) else { return }
        locals.read(of: number)
    }
}
