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
    static let sinceMask: UInt64 = 0x00ff_ffff_ffff_ffff

    private let slots = SlotPool(slotBytes: 96, counter: .machines)
    let sites: AwaitSites
    let waits = WaitTimes()
    let chains = ResumeChains()
    let watched = WatchedMachines()
    let locals = ShownTaskLocals()

    /// Whether machines are tracked at all.
    let isTracking: Bool

    init(sites: AwaitSites, isWanted: Bool = true) {
        precondition(MemoryLayout<Slot>.size <= 96)
        self.sites = sites
        isTracking = isWanted && TaskLayout.isKnown
    }

    @inline(__always)
    func pointer(_ slot: UInt32) -> UnsafeMutablePointer<Slot> {
        unsafe slots.address(of: slot).assumingMemoryBound(to: Slot.self)
    }

    /// The slot of a task; 0 for one that is not tracked.
    @inline(__always)
    func find(_ task: UInt) -> UInt32 {
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

    func start(
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
        if watched.isAny { tellStart(of: slot, isBack: isBack) }
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

    static func word(_ state: UInt8, _ now: UInt64) -> UInt64 {
        UInt64(state) << 56 | now & sinceMask
    }

    func finish(_ task: UInt, _ slot: UInt32, lane: ThreadLane) {
        guard takeEnd(of: task, slot) else { return }
        // The sweeper may be looking at the task; it takes nanoseconds, unless it lost its processor
        // meanwhile. Sequentially consistent; pairs with the store in `sweep`.
        var rounds = 0
        while hazard.load(ordering: .sequentiallyConsistent) == task {
            rounds += 1
            if rounds < 100 { CurrentThread.pause() } else { CurrentThread.yieldProcessor() }
        }
        close(task, slot, lane: lane)
    }

    /// Whether the end of the slot's task is the caller's to count: one only of those who see it.
    func takeEnd(of task: UInt, _ slot: UInt32) -> Bool {
        unsafe pointer(slot).pointee.task.compareExchange(
            expected: task,
            desired: 0,
            ordering: .sequentiallyConsistent
        ).exchanged
    }

    /// Counts an end that the caller has taken, frees the slot and lets go of the task.
    func close(_ task: UInt, _ slot: UInt32, lane: ThreadLane) {
        let memory = unsafe pointer(slot)
        let row = Int(unsafe memory.pointee.functionRow.load(ordering: .relaxed))
        let chain = Int(unsafe memory.pointee.chain.load(ordering: .relaxed))
        let way = chains.transition(from: chain, to: Int(ResumeChains.done))
        if watched.isAny { tellEnd(of: slot, lane) }
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
