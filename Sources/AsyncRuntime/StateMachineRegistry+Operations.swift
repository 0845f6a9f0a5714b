// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Port
internal import Synchronization
internal import Telemetry

// The operations' calls: a machine begins to wait, or goes on without having left its thread.
extension StateMachineRegistry {
    /// The running task is about to await an operation; called inside the continuation's body, on
    /// the task's own thread, before the operation is submitted.
    ///
    /// A machine that was only counted gets its slot here. Returns the machine's number, 0 for one
    /// that is not tracked.
    func awaits(
        _ kind: OperationKind,
        operation: UInt32,
        descriptor: Int32,
        site: Int,
        functionRow: Int,
        resumption: Resumption,
        at now: UInt64,
        _ context: ThreadContext
    ) -> UInt64 {
        guard isTracking else { return 0 }
        let task = TaskLayout.current
        guard task != 0 else { return 0 }
        let lane = context.lane
        var slot = find(task)
        // A task of another executor is not tracked: nobody would see it run.
        let isLate = slot == 0
        if isLate, context.origin != .other { slot = startInRun(task, at: now, context) }
        guard slot != 0 else { return 0 }
        let memory = unsafe pointer(slot)
        change(slot, to: State.waiting.rawValue + kind.rawValue, at: now, lane)
        label(slot, site: site, functionRow: functionRow, descriptor: descriptor, lane: lane)
        unsafe memory.pointee.operation.store(operation, ordering: .relaxed)
        unsafe memory.pointee.resumption.store(
            UInt16(truncatingIfNeeded: resumption.word),
            ordering: .relaxed
        )
        let scheduler = resumption.captured?.rawValue ?? 0
        unsafe memory.pointee.scheduler.store(scheduler, ordering: .relaxed)
        // One that has just got its slot has its frames with it.
        if isLate {
            if watched.isAny { noteLocalsOfCurrentTask() }
        } else {
            capture(task, slot, isBody: true, lane: lane)
        }
        return UInt64(unsafe memory.pointee.number.load(ordering: .relaxed))
    }

    /// Asks for the machine of a task that is about to be resumed.
    @inline(__always)
    func prefetch(_ task: UInt) {
        let slot = find(task)
        if slot != 0, slot < limit { slots.prefetch(slot) }
    }

    /// The operation was complete before the task had suspended: it runs on, in the same run.
    ///
    /// Returns whether the thread's run is this task's own, and not an actor's that runs several.
    func ranOn(in running: UInt, at now: UInt64, lane: ThreadLane) -> Bool {
        guard isTracking else { return false }
        let task = TaskLayout.current
        let slot = task == 0 ? 0 : find(task)
        if slot != 0 {
            change(slot, to: State.running.rawValue, at: now, lane)
            unsafe pointer(slot).pointee.hasPresentFrames.store(0, ordering: .relaxed)
        }
        return task == running
    }

    /// The task that runs here gets its slot only now: it has been running for as long as it is known
    /// that it has, and was queued before.
    private func startInRun(_ task: UInt, at now: UInt64, _ context: ThreadContext) -> UInt32 {
        let slot = startLate(task, isBody: true, at: now, lane: context.lane)
        guard slot != 0 else { return 0 }
        let isOwnRun = context.runningJob == task
        if isOwnRun { context.runningSlot = slot }
        let since = isOwnRun ? context.runningSince : now
        change(slot, to: State.running.rawValue, at: since, context.lane)
        return slot
    }

    /// A task that has had no slot yet awaits a `Task.sleep`.
    private func startsToSleep(_ task: UInt, at now: UInt64, _ context: ThreadContext) {
        let slot = startInRun(task, at: now, context)
        // The end of its own run says that it is suspended; in an actor's turn nobody does.
        guard slot != 0, context.runningJob != task else { return }
        change(slot, to: State.suspended.rawValue, at: now, context.lane)
        tallySuspended(slot, 1, context.lane)
    }

    /// A job came with a delay: the wake-up of a `Task.sleep`.
    func schedules(
        _ job: UInt,
        site: Int,
        functionRow: Int,
        at now: UInt64,
        _ context: ThreadContext
    ) {
        let lane = context.lane
        // The sleep is a task of the concurrency runtime's own, which the running one has made and
        // awaits: this is inside its continuation's body.
        let sleeper = TaskLayout.current
        if sleeper != 0, sleeper != job {
            let slot = find(sleeper)
            if slot != 0 {
                capture(sleeper, slot, isBody: true, lane: lane)
            } else if context.origin != .other {
                startsToSleep(sleeper, at: now, context)
            }
        }
        var slot = find(job)
        if slot == 0 {
            slot = startLate(job, isBody: false, isBirth: true, at: now, lane: lane)
        }
        guard slot != 0 else { return }
        change(slot, to: State.waiting.rawValue + OperationKind.sleep.rawValue, at: now, lane)
        label(slot, site: site, functionRow: functionRow, descriptor: -1, lane: lane)
        unsafe pointer(slot).pointee.operation.store(0, ordering: .relaxed)
        unsafe pointer(slot).pointee.origin.store(Origin.sleep.rawValue, ordering: .relaxed)
    }
}
