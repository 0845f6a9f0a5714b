// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Port
internal import Synchronization
internal import Telemetry

/// What is known of every async state machine in flight: every task that came to the executor.
///
/// A machine's slot is found through a word of the task object that the concurrency runtime leaves
/// alone; the slot names the task in turn, so a word left over from an earlier task at the same
/// address is recognised. The registry retains the task while it is in flight:
/// whoever ran it may then look whether it has ended.
///
/// Access: a slot is written by the thread that hands the task over or runs it; the handing over
/// orders the writers. Fields are atomics since the sampler reads rows at any time; a row whose
/// number changed while it was read is dropped.
final class StateMachineRegistry: Sendable {
    /// What a machine does.
    enum State: UInt8 {
        case queued = 1
        case running
        /// Suspended, but not in an operation of this runtime: a child task, an actor, a stream.
        case suspended
        /// Taken for ended by the thread that ran it; the slot is about to be freed.
        case ended
        /// Awaits an operation; its kind is added to this value.
        case waiting = 16
    }

    /// How a machine is related to the task it came from.
    enum Origin: UInt8 {
        case none
        case task
        case group
        case asyncLet
    }

    struct Slot: ~Copyable {
        let task: Atomic<UInt>
        let number: Atomic<UInt32>
        let hops: Atomic<UInt32>
        /// State and, in the low 56 bits, since when.
        let state: Atomic<UInt64>
        let startedAt: Atomic<UInt64>
        let running: Atomic<UInt64>
        let queued: Atomic<UInt64>
        let waiting: Atomic<UInt64>
        let site: Atomic<UInt16>
        let functionRow: Atomic<UInt16>
        let descriptor: Atomic<Int32>
        /// Kind and number of the lane that ran it last.
        let lastThread: Atomic<UInt32>
        /// Slot of the operation that it awaits or awaited last; of a stale number the port says so.
        let operation: Atomic<UInt32>
        /// The task it came from; 0 for none.
        let parent: Atomic<UInt32>
        /// 1 for a child of `async let`, which cannot be retained.
        let isInParentsFrame: Atomic<UInt8>
        /// The scheduler that ran it last, by the raw value of its name; 0 for the pool.
        let scheduler: Atomic<UInt8>
        /// How its last operation resumes it: the captured scheduler and, above, the options.
        let resumption: Atomic<UInt16>
        /// Its frames, by their number in `ResumeChains`.
        let chain: Atomic<UInt16>
        /// The function it started with, likewise.
        let startChain: Atomic<UInt16>
        /// The raw value of `Origin`.
        let origin: Atomic<UInt8>
        let priority: Atomic<UInt8>
        /// 1 while the frames are those in which it is suspended; 0 once it has run on.
        let hasPresentFrames: Atomic<UInt8>
    }

    static let sinceMask: UInt64 = 0x00ff_ffff_ffff_ffff

    private let slots = SlotPool(slotBytes: 96, counter: .machines)
    let sites: AwaitSites
    let waits = WaitTimes()
    let chains = ResumeChains()
    let story = MachineStory()

    init(sites: AwaitSites) {
        precondition(MemoryLayout<Slot>.size <= 96)
        self.sites = sites
    }

    @inline(__always)
    func pointer(_ slot: UInt32) -> UnsafeMutablePointer<Slot> {
        unsafe slots.address(of: slot).assumingMemoryBound(to: Slot.self)
    }

    /// The slot of a task; 0 for one that is not tracked.
    @inline(__always)
    private func find(_ task: UInt) -> UInt32 {
        let word = TaskLayout.reservedWord(task)
        let slot = UInt32(truncatingIfNeeded: word)
        guard slot != 0, slot < limit else { return 0 }
        // Relaxed: the hand-over that brought the task here ordered the write.
        return unsafe pointer(slot).pointee.task.load(ordering: .relaxed) == task ? slot : 0
    }

    /// The task that the sweeper is looking at.
    let hazard = Atomic<UInt>(0)
    /// Slots below this number exist; a copy of the pool's mark that needs no lock.
    private let limitWord = Atomic<UInt32>(0)
    var limit: UInt32 { limitWord.load(ordering: .relaxed) }

    private func start(
        _ task: UInt,
        chain: Int,
        at now: UInt64,
        lane: ThreadLane
    ) -> UInt32 {
        let way = chains.transition(from: ResumeChains.nothing, to: chain)
        let section = lane.open()
        let slot: UInt32
        do throws(SlotPool.Exhausted) {
            slot = try slots.allocate(on: lane, in: section)
        } catch {
            lane.close(section)
            return 0
        }
        // The word names a slot and the task. A task that was here before has been taken for ended.
        let identifier = TaskLayout.identifier(task)
        let isBack = TaskLayout.reservedWord(task) >> 32 == UInt(identifier)
        lane.count(isBack ? .machinesFinished : .machinesStarted, isBack ? -1 : 1, in: section)
        lane.tally(.machines, row: 0, 1, in: section)
        lane.tally(.chains, row: chain, 1, in: section)
        lane.tally(.transitions, row: way, 1, in: section)
        lane.close(section)
        if slot >= limit { raiseLimit(slot) }
        let isInFrame = TaskLayout.isInParentsFrame(task)
        if !isInFrame { TaskLayout.retain(task) }
        TaskLayout.setReservedWord(UInt(identifier) << 32 | UInt(slot), of: task)
        let memory = unsafe pointer(slot)
        unsafe memory.pointee.isInParentsFrame.store(isInFrame ? 1 : 0, ordering: .relaxed)
        unsafe memory.pointee.number.store(identifier, ordering: .relaxed)
        unsafe memory.pointee.hops.store(0, ordering: .relaxed)
        unsafe memory.pointee.startedAt.store(now, ordering: .relaxed)
        unsafe memory.pointee.running.store(0, ordering: .relaxed)
        unsafe memory.pointee.queued.store(0, ordering: .relaxed)
        unsafe memory.pointee.waiting.store(0, ordering: .relaxed)
        unsafe memory.pointee.site.store(0, ordering: .relaxed)
        unsafe memory.pointee.functionRow.store(0, ordering: .relaxed)
        unsafe memory.pointee.descriptor.store(-1, ordering: .relaxed)
        unsafe memory.pointee.operation.store(0, ordering: .relaxed)
        unsafe memory.pointee.lastThread.store(0, ordering: .relaxed)
        unsafe memory.pointee.chain.store(UInt16(chain), ordering: .relaxed)
        unsafe memory.pointee.startChain.store(UInt16(chain), ordering: .relaxed)
        unsafe memory.pointee.priority.store(TaskLayout.priority(task), ordering: .relaxed)
        unsafe memory.pointee.hasPresentFrames.store(1, ordering: .relaxed)
        noteOrigin(of: task, slot, isInFrame: isInFrame)
        unsafe memory.pointee.scheduler.store(0, ordering: .relaxed)
        unsafe memory.pointee.resumption.store(0, ordering: .relaxed)
        unsafe memory.pointee.state.store(
            StateMachineRegistry.word(State.queued.rawValue, now),
            ordering: .relaxed
        )
        // Releasing; pairs with the acquiring load in `rows`.
        unsafe memory.pointee.task.store(task, ordering: .releasing)
        return slot
    }

    /// Notes whose child the task is, or who has made it: as a rule the task that runs here.
    @inline(__always)
    private func noteOrigin(of task: UInt, _ slot: UInt32, isInFrame: Bool) {
        let memory = unsafe pointer(slot)
        var parent = TaskLayout.parent(task)
        var origin = isInFrame ? Origin.asyncLet : .group
        if parent == 0 {
            parent = TaskLayout.current
            if parent == task { parent = 0 }
            origin = parent == 0 ? .none : .task
        }
        unsafe memory.pointee.origin.store(origin.rawValue, ordering: .relaxed)
        unsafe memory.pointee.parent.store(
            parent == 0 ? 0 : TaskLayout.identifier(parent),
            ordering: .relaxed
        )
    }

    private func raiseLimit(_ slot: UInt32) {
        var known = limitWord.load(ordering: .relaxed)
        while known <= slot {
            let (done, original) = limitWord.compareExchange(
                expected: known,
                desired: slot + 1,
                ordering: .relaxed
            )
            if done { return }
            known = original
        }
    }

    private static func word(_ state: UInt8, _ now: UInt64) -> UInt64 {
        UInt64(state) << 56 | now & sinceMask
    }

    /// Changes the state and adds the time in the one before to its sum.
    ///
    /// Returns the state before.
    @discardableResult
    private func change(
        _ slot: UInt32,
        to state: UInt8,
        at now: UInt64,
        _ lane: ThreadLane
    ) -> UInt8 {
        let memory = unsafe pointer(slot)
        let old = unsafe memory.pointee.state.exchange(
            StateMachineRegistry.word(state, now),
            ordering: .acquiringAndReleasing
        )
        addTime(slot, old, to: state, now, lane)
        return UInt8(truncatingIfNeeded: old >> 56)
    }

    @inline(__always)
    private func addTime(
        _ slot: UInt32,
        _ old: UInt64,
        to next: UInt8,
        _ now: UInt64,
        _ lane: ThreadLane
    ) {
        let since = old & StateMachineRegistry.sinceMask
        let time = now & StateMachineRegistry.sinceMask &- min(since, now)
        let memory = unsafe pointer(slot)
        let state = UInt8(truncatingIfNeeded: old >> 56)
        switch state {
        case State.running.rawValue: unsafe add(time, to: memory.pointee.running)
        case State.queued.rawValue: unsafe add(time, to: memory.pointee.queued)
        default: unsafe add(time, to: memory.pointee.waiting)
        }
        if state == State.suspended.rawValue { tallySuspended(slot, -1, lane) }
        let watched = story.watched
        if watched != 0 { tell(slot, ifNumber: watched, time, next, now, lane) }
        guard state >= State.suspended.rawValue else { return }
        let chain = Int(unsafe memory.pointee.chain.load(ordering: .relaxed))
        chains.waits.record(time, functionRow: chain, lane: lane)
        guard state >= State.waiting.rawValue else { return }
        let row = Int(unsafe memory.pointee.functionRow.load(ordering: .relaxed))
        waits.record(time, functionRow: row, lane: lane)
    }

    /// Adds to the story of the machine that is watched, if this is it.
    private func tell(
        _ slot: UInt32,
        ifNumber watched: UInt32,
        _ time: UInt64,
        _ next: UInt8,
        _ now: UInt64,
        _ lane: ThreadLane
    ) {
        let memory = unsafe pointer(slot)
        guard unsafe memory.pointee.number.load(ordering: .relaxed) == watched else { return }
        story.append(
            MachineStory.Step(
                at: now,
                state: next,
                thread: StateMachineRegistry.threadWord(lane),
                chain: unsafe memory.pointee.chain.load(ordering: .relaxed),
                afterNanoseconds: time
            )
        )
    }

    /// Each sum has one writer at a time, whoever ended that state: no read-modify-write.
    @inline(__always)
    private func add(_ time: UInt64, to sum: borrowing Atomic<UInt64>) {
        sum.store(sum.load(ordering: .relaxed) &+ time, ordering: .relaxed)
    }

    // MARK: The executor's calls

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
            if isElsewhere { capture(task, slot, isBody: false, lane: lane) }
            change(slot, to: State.queued.rawValue, at: now, lane)
        } else if requeueChild(task, slot, at: now, lane) {
            // Only now is the slot known to be its own still.
            if isElsewhere { capture(task, slot, isBody: false, lane: lane) }
        } else {
            let chain = chains.number(of: task, isBody: false)
            _ = start(task, chain: chain, at: now, lane: lane)
        }
        return (SchedulerName(rawValue: scheduler), false)
    }

    /// A child of `async let` came back.
    ///
    /// The thread that ran it last may take it for ended at this very moment, see `ran`. Exactly one
    /// of the two changes the state word that both have seen. A slot that was freed and taken again
    /// meanwhile has another word, since the time is part of it. Returns whether the slot is still
    /// the child's.
    private func requeueChild(
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
        if isMine { addTime(slot, old, to: State.queued.rawValue, now, lane) }
        return isMine
    }

    /// One run of a tracked task by a thread, from ``began(_:at:on:lane:)`` to ``ran(_:startedAt:lane:)``.
    struct Run {
        fileprivate let task: UInt
        fileprivate let slot: UInt32
        /// Whether the run holds a reference to the task.
        fileprivate let isRetained: Bool
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
        unsafe memory.pointee.state.store(
            StateMachineRegistry.word(State.running.rawValue, now),
            ordering: .releasing
        )
        addTime(slot, old, to: State.running.rawValue, now, lane)
        unsafe memory.pointee.hasPresentFrames.store(0, ordering: .relaxed)
        unsafe memory.pointee.scheduler.store(scheduler?.rawValue ?? 0, ordering: .relaxed)
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
    /// has.
    @inline(__always)
    func ran(_ run: Run, startedAt: UInt64, lane: ThreadLane) -> Bool {
        let task = run.task
        let slot = run.slot
        defer { if run.isRetained { TaskLayout.release(task) } }
        let memory = unsafe pointer(slot)
        let running = StateMachineRegistry.word(State.running.rawValue, startedAt)
        guard unsafe memory.pointee.state.load(ordering: .acquiring) == running,
            unsafe memory.pointee.task.load(ordering: .relaxed) == task
        else { return false }
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
            return isMine
        }
        if TaskLayout.hasEnded(task) {
            finish(task, slot, lane: lane)
            return true
        }
        // Suspended in a child task, an actor or a stream, unless it was enqueued just now.
        let now = Instant.now.nanoseconds
        let (isSuspended, _) = unsafe memory.pointee.state.compareExchange(
            expected: running,
            desired: StateMachineRegistry.word(State.suspended.rawValue, now),
            ordering: .acquiringAndReleasing
        )
        if isSuspended {
            tallySuspended(slot, 1, lane)
            addTime(slot, running, to: State.suspended.rawValue, now, lane)
        }
        return false
    }

    /// Counts machines that are suspended outside of operations, by function.
    private func tallySuspended(_ slot: UInt32, _ delta: Int, _ lane: ThreadLane) {
        let row = Int(unsafe pointer(slot).pointee.functionRow.load(ordering: .relaxed))
        let section = lane.open()
        lane.tally(.suspended, row: row, delta, in: section)
        lane.close(section)
    }

    func finish(_ task: UInt, _ slot: UInt32, lane: ThreadLane) {
        let memory = unsafe pointer(slot)
        let (isMine, _) = unsafe memory.pointee.task.compareExchange(
            expected: task,
            desired: 0,
            ordering: .sequentiallyConsistent
        )
        guard isMine else { return }
        // The sweeper may be looking at the task; it takes nanoseconds, unless it lost its processor
        // meanwhile. Sequentially consistent; pairs with the store in `sweep`.
        var rounds = 0
        while hazard.load(ordering: .sequentiallyConsistent) == task {
            rounds += 1
            if rounds < 100 { CurrentThread.pause() } else { CurrentThread.yieldProcessor() }
        }
        let row = Int(unsafe memory.pointee.functionRow.load(ordering: .relaxed))
        let chain = Int(unsafe memory.pointee.chain.load(ordering: .relaxed))
        let way = chains.transition(from: chain, to: Int(ResumeChains.done))
        if story.watched != 0 {
            let now = Instant.now.nanoseconds
            tell(slot, ifNumber: story.watched, 0, State.ended.rawValue, now, lane)
        }
        let isRetained = unsafe memory.pointee.isInParentsFrame.load(ordering: .relaxed) == 0
        let section = lane.open()
        lane.count(.machinesFinished, in: section)
        lane.tally(.machines, row: row, -1, in: section)
        lane.tally(.chains, row: chain, -1, in: section)
        lane.tally(.transitions, row: way, 1, in: section)
        // Ended unseen, on an executor that is not ours.
        let state = unsafe memory.pointee.state.load(ordering: .relaxed) >> 56
        if state == State.suspended.rawValue {
            lane.tally(.suspended, row: row, -1, in: section)
        }
        slots.free(slot, on: lane, in: section)
        lane.close(section)
        if isRetained { TaskLayout.release(task) }
    }

    // MARK: The operations' calls

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
        guard TaskLayout.isKnown else { return (0, false) }
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
        guard TaskLayout.isKnown else { return false }
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

    /// Says where the machine is and for what it waits.
    private func label(
        _ slot: UInt32,
        site: Int,
        functionRow: Int,
        descriptor: Int32,
        lane: ThreadLane
    ) {
        let memory = unsafe pointer(slot)
        unsafe memory.pointee.site.store(UInt16(site), ordering: .relaxed)
        unsafe memory.pointee.descriptor.store(descriptor, ordering: .relaxed)
        let row = Int(unsafe memory.pointee.functionRow.load(ordering: .relaxed))
        guard row != functionRow else { return }
        let section = lane.open()
        lane.tally(.machines, row: row, -1, in: section)
        lane.tally(.machines, row: functionRow, 1, in: section)
        lane.close(section)
        unsafe memory.pointee.functionRow.store(UInt16(functionRow), ordering: .relaxed)
    }

    /// Notes the frames in which the task is suspended, or about to be.
    @inline(__always)
    private func capture(_ task: UInt, _ slot: UInt32, isBody: Bool, lane: ThreadLane) {
        let memory = unsafe pointer(slot)
        let chain = chains.number(of: task, isBody: isBody)
        let old = Int(unsafe memory.pointee.chain.load(ordering: .relaxed))
        let way = chains.transition(from: old, to: chain)
        let section = lane.open()
        lane.tally(.transitions, row: way, 1, in: section)
        if chain != old {
            lane.tally(.chains, row: old, -1, in: section)
            lane.tally(.chains, row: chain, 1, in: section)
        }
        lane.close(section)
        unsafe memory.pointee.hasPresentFrames.store(1, ordering: .relaxed)
        guard chain != old else { return }
        unsafe memory.pointee.chain.store(UInt16(chain), ordering: .relaxed)
    }

    static func threadWord(_ lane: ThreadLane) -> UInt32 {
        let kind: UInt32 =
            switch lane.kind {
            case .poller: 1
            case .worker: 2
            case .other: 3
            case .scheduler: 4
            }
        return kind << 24 | UInt32(truncatingIfNeeded: lane.number)
    }
}
