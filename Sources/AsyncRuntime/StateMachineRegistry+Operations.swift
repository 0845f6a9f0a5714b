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
    /// Returns the machine's number, and whether it is a child of `async let`.
    func awaits(
        _ kind: OperationKind,
        operation: UInt32,
        descriptor: Int32,
        site: Int,
        functionRow: Int,
        resumption: Resumption,
        at now: UInt64,
        isOwnThread: Bool,
        lane: ThreadLane
    ) -> (number: UInt64, isInParentsFrame: Bool) {
        guard isTracking else { return (0, false) }
        let task = TaskLayout.current
        guard task != 0 else { return (0, false) }
        var slot = find(task)
        // A task of another executor is not tracked: nobody would see it end.
        if slot == 0, isOwnThread {
            slot = start(task, chain: ResumeChains.nothing, at: now, lane: lane)
        }
        guard slot != 0 else { return (0, false) }
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
        capture(task, slot, isBody: true, lane: lane)
        return (
            UInt64(unsafe memory.pointee.number.load(ordering: .relaxed)),
            unsafe memory.pointee.isInParentsFrame.load(ordering: .relaxed) != 0
        )
    }

    /// A child of `async let` goes on after an operation, in the run of the job `running`.
    ///
    /// If that is not its own but an actor's turn, it may end there unseen, and cannot be asked
    /// afterwards. So it is taken for ended now, and counted in again when it comes back.
    func childGoesOn(in running: UInt, lane: ThreadLane) {
        let task = TaskLayout.current
        guard task != running else { return }
        let slot = find(task)
        guard slot != 0 else { return }
        change(slot, to: State.ended.rawValue, at: Instant.now.nanoseconds, lane)
        finish(task, slot, lane: lane)
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

    /// A job came with a delay: the wake-up of a `Task.sleep`.
    func schedules(_ job: UInt, site: Int, functionRow: Int, at now: UInt64, lane: ThreadLane) {
        // The sleep is a task of the concurrency runtime's own, which the running one has made and
        // awaits: this is inside its continuation's body.
        let sleeper = TaskLayout.current
        let sleeperSlot = sleeper == 0 || sleeper == job ? 0 : find(sleeper)
        if sleeperSlot != 0 { capture(sleeper, sleeperSlot, isBody: true, lane: lane) }
        var slot = find(job)
        if slot == 0 {
            slot = start(
                job,
                chain: chains.number(ofStart: TaskLayout.entry(job)),
                at: now,
                lane: lane
            )
        }
        guard slot != 0 else { return }
        change(slot, to: State.waiting.rawValue + OperationKind.sleep.rawValue, at: now, lane)
        label(slot, site: site, functionRow: functionRow, descriptor: -1, lane: lane)
        unsafe pointer(slot).pointee.operation.store(0, ordering: .relaxed)
    }
}
