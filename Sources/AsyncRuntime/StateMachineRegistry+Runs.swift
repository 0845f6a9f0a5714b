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
        _ context: ThreadContext
    ) -> (scheduler: SchedulerName?, isNew: Bool) {
        guard let word = word(of: task) else {
            welcome(task, context)
            return (nil, true)
        }
        let slot = word.slot
        guard slot != 0 else {
            comesBack(task, word, context)
            return (nil, false)
        }
        let memory = unsafe pointer(slot)
        let scheduler = unsafe memory.pointee.scheduler.load(ordering: .relaxed)
        requeue(task, slot, at: context.enqueuingTime, context.lane)
        return (SchedulerName(rawValue: scheduler), false)
    }

    /// A task that was not seen before.
    @inline(__always)
    private func welcome(_ task: UInt, _ context: ThreadContext) {
        var row = context.takeRow()
        if row == nil, watched.isAny, isChildOfWatched(task) { row = context.enqueuingTime }
        guard let now = row else {
            let seenAt = max(context.runningSince, context.rowBudget.lookedAt)
            return count(task, at: seenAt, lane: context.lane)
        }
        let entry = TaskLayout.entry(task)
        guard entry != 0 else {
            _ = startLate(task, isBody: false, at: now, lane: context.lane)
            return
        }
        let chain = chains.number(ofStart: entry)
        _ = start(
            task,
            chain: chain,
            startChain: chain,
            isBirth: true,
            at: now,
            lane: context.lane
        )
    }

    /// A machine that is only counted came back: from a yield it stays so.
    @inline(__always)
    private func comesBack(_ task: UInt, _ word: MachineWord, _ context: ThreadContext) {
        if !word.hasRun {
            var word = word
            word.hasRun = true
            TaskLayout.setReservedWord(word.bits, of: task)
        }
        guard !context.isYieldJob,
            let now = context.takeRow()
        else { return }
        _ = startLate(task, isBody: false, at: now, lane: context.lane)
    }

    /// A machine came back: its frames and its state in one section, since that is half of the cost.
    @inline(__always)
    private func requeue(_ task: UInt, _ slot: UInt32, at now: UInt64, _ lane: ThreadLane) {
        let memory = unsafe pointer(slot)
        // After an operation of ours, or a sleep, the frames are those that were noted before it.
        let isElsewhere = unsafe memory.pointee.hasPresentFrames.load(ordering: .relaxed) == 0
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

    /// A thread begins to run a task; the context knows its slot, from here or from the moment on that
    /// it gets one.
    ///
    /// Returns whether it is tracked.
    @inline(__always)
    func began(_ task: UInt, at now: UInt64, _ context: ThreadContext) -> Bool {
        guard let word = word(of: task) else { return false }
        let lane = context.lane
        lane.machine.store(UInt64(word.bits >> 32), ordering: .relaxed)
        var slot = word.slot
        if slot == 0 {
            guard !word.hasRun, context.takeRow(at: now) else { return true }
            slot = startLate(task, isBody: false, at: now, lane: lane)
            guard slot != 0 else { return true }
        }
        context.runningSlot = slot
        let memory = unsafe pointer(slot)
        // Whoever has taken the job from a queue is alone with the state: who ran the task last finds
        // another state than the one it set, and nobody enqueues a task that is queued.
        let old = unsafe memory.pointee.state.load(ordering: .acquiring)
        let scheduler = context.scheduler?.rawValue ?? 0
        unsafe memory.pointee.scheduler.store(scheduler, ordering: .relaxed)
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
        return true
    }

    /// The thread is done with a task that has not ended in its run.
    ///
    /// It is suspended, or queued, or runs elsewhere by now, or has ended there: it is not touched.
    /// Only while the slot's state is still the very one that ``began(_:at:_:)`` set has nobody
    /// enqueued the task since, nor seen it end, and then it is suspended in a child task, an actor, a
    /// stream or a yield. A slot that was taken again has another word, since the time is part of it.
    /// Returns what the clock said, if it had to be asked.
    @inline(__always)
    func ran(_ slot: UInt32, startedAt: UInt64, lane: ThreadLane) -> Instant? {
        let memory = unsafe pointer(slot)
        let running = StateMachineRegistry.word(State.running.rawValue, startedAt)
        guard unsafe memory.pointee.state.load(ordering: .relaxed) == running else { return nil }
        // Read before: afterwards the slot may be another machine's.
        let row = Int(unsafe memory.pointee.functionRow.load(ordering: .relaxed))
        let now = Instant.now
        let (isSuspended, _) = unsafe memory.pointee.state.compareExchange(
            expected: running,
            desired: StateMachineRegistry.word(State.suspended.rawValue, now.nanoseconds),
            ordering: .acquiringAndReleasing
        )
        if isSuspended {
            tallySuspended(row: row, 1, lane)
            addTime(slot, running, to: State.suspended.rawValue, now.nanoseconds, lane)
        }
        return now
    }
}
