// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Synchronization
internal import Telemetry

// The executor's calls: a task comes, is run by a thread, and is suspended or has ended.
extension StateMachineRegistry {
    /// A task came to the executor; the first time it becomes a machine in flight.
    ///
    /// Returns the scheduler on which it ran last, if that was not the pool, and whether it is the
    /// first time.
    @inline(__always)
    func enqueued(
        _ task: UInt,
        at now: UInt64,
        lane: ThreadLane
    ) -> (scheduler: SchedulerName?, isNew: Bool) {
        let slot = find(task)
        guard slot != 0 else {
            let entry = TaskLayout.entry(task)
            let chain =
                entry == 0
                ? chains.number(of: task, isBody: false) : chains.number(ofStart: entry)
            _ = start(task, chain: chain, at: now, lane: lane)
            return (nil, true)
        }
        let memory = unsafe pointer(slot)
        let scheduler = unsafe memory.pointee.scheduler.load(ordering: .relaxed)
        // After an operation of ours, or a sleep, the frames are those that were noted before it.
        let isElsewhere = unsafe memory.pointee.hasPresentFrames.load(ordering: .relaxed) == 0
        if !TaskLayout.isInParentsFrame(task) {
            requeue(task, slot, isElsewhere: isElsewhere, at: now, lane)
        } else if requeueChild(task, slot, at: now, lane) {
            // Only now is the slot known to be its own still.
            if isElsewhere { capture(task, slot, isBody: false, lane: lane) }
        } else {
            let chain = chains.number(of: task, isBody: false)
            _ = start(task, chain: chain, at: now, lane: lane)
        }
        return (SchedulerName(rawValue: scheduler), false)
    }

    /// A machine came back: its frames and its state in one section, since that is half of the cost.
    @inline(__always)
    private func requeue(
        _ task: UInt,
        _ slot: UInt32,
        isElsewhere: Bool,
        at now: UInt64,
        _ lane: ThreadLane
    ) {
        let memory = unsafe pointer(slot)
        let move = isElsewhere ? noteFrames(of: task, slot, isBody: false) : nil
        let old = unsafe memory.pointee.state.exchange(
            StateMachineRegistry.word(State.queued.rawValue, now),
            ordering: .acquiringAndReleasing
        )
        let wasSuspended = StateMachineRegistry.isSuspended(old)
        if wasSuspended || move != nil {
            let row = Int(unsafe memory.pointee.functionRow.load(ordering: .relaxed))
            let section = lane.open()
            if let move { tally(move, lane, in: section) }
            if wasSuspended { lane.tally(.suspended, row: row, -1, in: section) }
            lane.close(section)
        }
        addTime(slot, old, to: State.queued.rawValue, now, lane)
    }

    /// A child of `async let` came back.
    ///
    /// The thread that ran it last may take it for ended at this very moment, see `ran`. Exactly one
    /// of the two changes the state word that both have seen. A slot that was freed and taken again
    /// meanwhile has another word, since the time is part of it. Returns whether the slot is still
    /// the child's.
    func requeueChild(
        _ task: UInt,
        _ slot: UInt32,
        at now: UInt64,
        _ lane: ThreadLane
    ) -> Bool {
        let memory = unsafe pointer(slot)
        let old = unsafe memory.pointee.state.load(ordering: .acquiring)
        guard unsafe memory.pointee.task.load(ordering: .relaxed) == task,
            UInt8(truncatingIfNeeded: old >> 56) != State.ended.rawValue
        else { return false }
        let (isMine, _) = unsafe memory.pointee.state.compareExchange(
            expected: old,
            desired: StateMachineRegistry.word(State.queued.rawValue, now),
            ordering: .acquiringAndReleasing
        )
        if isMine {
            if StateMachineRegistry.isSuspended(old) { tallySuspended(slot, -1, lane) }
            addTime(slot, old, to: State.queued.rawValue, now, lane)
        }
        return isMine
    }

    /// One run of a tracked task by a thread, from ``began(_:at:on:lane:)`` to ``ran(_:startedAt:lane:)``.
    struct Run {
        let task: UInt
        let slot: UInt32
        /// Whether the run holds a reference to the task.
        let isRetained: Bool
    }

    /// A thread begins to run a task.
    ///
    /// Returns `nil` where it is not tracked. The run retains the task: suspended, it may go on and
    /// end on another thread before this one looks at it.
    @inline(__always)
    func began(
        _ task: UInt,
        at now: UInt64,
        on scheduler: SchedulerName?,
        lane: ThreadLane
    ) -> Run? {
        let slot = find(task)
        guard slot != 0 else { return nil }
        let memory = unsafe pointer(slot)
        let isRetained = unsafe memory.pointee.isInParentsFrame.load(ordering: .relaxed) == 0
        if isRetained { TaskLayout.retain(task) }
        // Whoever has taken the job from a queue is alone with the state: who ran the task last finds
        // another state than the one it set, and nobody enqueues a task that is queued.
        let old = unsafe memory.pointee.state.load(ordering: .acquiring)
        unsafe memory.pointee.scheduler.store(scheduler?.rawValue ?? 0, ordering: .relaxed)
        unsafe memory.pointee.state.store(
            StateMachineRegistry.word(State.running.rawValue, now),
            ordering: .releasing
        )
        if StateMachineRegistry.isSuspended(old) { tallySuspended(slot, -1, lane) }
        addTime(slot, old, to: State.running.rawValue, now, lane)
        unsafe memory.pointee.hasPresentFrames.store(0, ordering: .relaxed)
        let thread = StateMachineRegistry.threadWord(lane)
        if unsafe memory.pointee.lastThread.load(ordering: .relaxed) != thread {
            unsafe memory.pointee.lastThread.store(thread, ordering: .relaxed)
            unsafe memory.pointee.hops.store(
                memory.pointee.hops.load(ordering: .relaxed) &+ 1,
                ordering: .relaxed
            )
        }
        lane.machine.store(
            UInt64(unsafe memory.pointee.number.load(ordering: .relaxed)),
            ordering: .relaxed
        )
        return Run(task: task, slot: slot, isRetained: isRetained)
    }

    /// The thread is done with the task: it has ended, or is suspended, or runs elsewhere by now.
    ///
    /// Only while the slot's state is still the very one that ``began(_:at:on:lane:)`` set has nobody
    /// enqueued the task since, and only then is it this one that may see it end. Returns whether it
    /// has, and what the clock said, if it had to be asked.
    @inline(__always)
    func ran(_ run: Run, startedAt: UInt64, lane: ThreadLane) -> (hasEnded: Bool, at: Instant?) {
        let task = run.task
        let slot = run.slot
        defer { if run.isRetained { TaskLayout.release(task) } }
        let memory = unsafe pointer(slot)
        let running = StateMachineRegistry.word(State.running.rawValue, startedAt)
        guard unsafe memory.pointee.state.load(ordering: .acquiring) == running,
            unsafe memory.pointee.task.load(ordering: .relaxed) == task
        else { return (false, nil) }
        // A child of `async let` may be gone by now, with its parent's frame, and cannot be asked. It
        // is taken for ended, unless it was enqueued just now; if it was suspended in a child task,
        // an actor or a stream, it is counted in again when it comes back.
        if !run.isRetained {
            let (isMine, _) = unsafe memory.pointee.state.compareExchange(
                expected: running,
                desired: StateMachineRegistry.word(State.ended.rawValue, startedAt),
                ordering: .acquiringAndReleasing
            )
            if isMine { finish(task, slot, lane: lane) }
            return (isMine, nil)
        }
        if TaskLayout.hasEnded(task) {
            finish(task, slot, lane: lane)
            return (true, nil)
        }
        // Suspended in a child task, an actor or a stream, unless it was enqueued just now.
        let now = Instant.now
        let (isSuspended, _) = unsafe memory.pointee.state.compareExchange(
            expected: running,
            desired: StateMachineRegistry.word(State.suspended.rawValue, now.nanoseconds),
            ordering: .acquiringAndReleasing
        )
        if isSuspended {
            tallySuspended(slot, 1, lane)
            addTime(slot, running, to: State.suspended.rawValue, now.nanoseconds, lane)
        }
        return (false, now)
    }
}
