// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Port
internal import Synchronization
internal import Telemetry

/// What is known of every async state machine in flight: every task that came to the executor.
///
/// A machine's slot is found through the task's `MachineWord`. The slot is freed at the task's end, of
/// which `TaskEnd` tells, on whatever thread. Nothing here keeps a task: only its own thread, or the
/// one that hands it over, reads it; the sampler does under a hazard pointer, for which the end waits.
///
/// Access: a slot is written by the thread that hands the task over or runs it; the handing over
/// orders the writers. Fields are atomics since the sampler reads rows at any time; a row whose
/// number changed while it was read is dropped.
final class StateMachineRegistry: Sendable {
    static let sinceMask: UInt64 = 0x00ff_ffff_ffff_ffff

    let slots = SlotPool(slotBytes: 96, counter: .machines)
    private let contexts: ThreadContexts
    /// Keeps the number taken.
    private let runtimeNumber: RuntimeNumber
    /// The same, at hand.
    let number: UInt
    let sites: AwaitSites
    let waits = WaitTimes()
    let chains = ResumeChains()
    let watched = WatchedMachines()
    let locals = ShownTaskLocals()

    /// Whether machines are tracked at all.
    let isTracking: Bool

    init(number: RuntimeNumber, contexts: ThreadContexts, sites: AwaitSites, isWanted: Bool) {
        precondition(MemoryLayout<Slot>.size <= 96)
        runtimeNumber = number
        self.number = UInt(number.value)
        self.contexts = contexts
        self.sites = sites
        isTracking = isWanted && TaskLayout.isKnown
        if isTracking { MachineEnds.connect(self) }
    }

    deinit { if isTracking { MachineEnds.disconnect(self) } }

    @inline(__always)
    func pointer(_ slot: UInt32) -> UnsafeMutablePointer<Slot> {
        unsafe slots.address(of: slot).assumingMemoryBound(to: Slot.self)
    }

    /// The task's word, if this registry wrote it; `nil` for a task that it has not seen.
    @inline(__always)
    func word(of task: UInt) -> MachineWord? {
        let word = MachineWord(of: task)
        return word.isOf(task) && word.runtime == number ? word : nil
    }

    /// The slot of a task; 0 for one that has none.
    @inline(__always)
    func find(_ task: UInt) -> UInt32 { word(of: task)?.slot ?? 0 }

    /// The task that the sampler is looking at.
    let hazard = Atomic<UInt>(0)
    /// Slots below this number exist; a copy of the pool's mark that needs no lock.
    private let limitWord = Atomic<UInt32>(0)
    var limit: UInt32 { limitWord.load(ordering: .relaxed) }

    /// Sees a task for the first time, and has its end told; whether that is possible.
    @inline(__always)
    private func meet(_ task: UInt) -> Bool {
        let word = MachineWord(of: task)
        // It may have left another runtime.
        if word.isOf(task), word.runtime != number { MachineEnds.tell(task, word, isEnd: false) }
        return TaskLayout.watchEnd(of: task)
    }

    /// Counts a new task, and no more.
    @inline(__always)
    func count(_ task: UInt, at now: UInt64, lane: ThreadLane) {
        guard meet(task) else { return }
        let identifier = TaskLayout.identifier(task)
        let word = MachineWord(counted: identifier, runtime: number, at: now)
        TaskLayout.setReservedWord(word.bits, of: task)
        lane.count(.machinesStarted)
    }

    /// Gives a task that has none a slot; 0 where that is impossible.
    ///
    /// `chain` are its frames, `startChain` those with which it began; `isBirth` says that it is being
    /// made, by the task that runs here if there is one.
    func start(
        _ task: UInt,
        chain: Int,
        startChain: Int,
        isBirth: Bool,
        at now: UInt64,
        lane: ThreadLane
    ) -> UInt32 {
        let wasCounted = word(of: task)?.isCounted == true
        guard wasCounted || meet(task) else { return 0 }
        let way = chains.transition(from: ResumeChains.nothing, to: chain)
        let section = lane.open()
        let slot: UInt32
        do throws(SlotPool.Exhausted) {
            slot = try slots.allocate(on: lane, in: section)
        } catch {
            lane.close(section)
            if !wasCounted { TaskLayout.setReservedWord(0, of: task) }
            return 0
        }
        if !wasCounted { lane.count(.machinesStarted, in: section) }
        lane.tally(.machines, row: 0, 1, in: section)
        lane.tally(.chains, row: chain, 1, in: section)
        lane.tally(.transitions, row: way, 1, in: section)
        lane.close(section)
        if slot >= limit { raiseLimit(slot) }
        let identifier = TaskLayout.identifier(task)
        let word = MachineWord(identifier, runtime: number, slot: slot)
        TaskLayout.setReservedWord(word.bits, of: task)
        let memory = unsafe pointer(slot)
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
        unsafe memory.pointee.startChain.store(UInt16(startChain), ordering: .relaxed)
        unsafe memory.pointee.priority.store(TaskLayout.priority(task), ordering: .relaxed)
        unsafe memory.pointee.hasPresentFrames.store(1, ordering: .relaxed)
        noteOrigin(of: task, slot, isBirth: isBirth)
        unsafe memory.pointee.scheduler.store(0, ordering: .relaxed)
        unsafe memory.pointee.resumption.store(0, ordering: .relaxed)
        unsafe memory.pointee.state.store(
            StateMachineRegistry.word(State.queued.rawValue, now),
            ordering: .relaxed
        )
        // Releasing; pairs with the acquiring load in `rows`.
        unsafe memory.pointee.task.store(task, ordering: .releasing)
        if watched.isAny { tellStart(of: slot) }
        return slot
    }

    /// Gives a slot to a task that has been only counted, or not even that, and has its frames read
    /// now: only when they may be.
    ///
    /// It is taken for queued since it was first seen; whoever knows better changes that next.
    func startLate(
        _ task: UInt,
        isBody: Bool,
        isBirth: Bool = false,
        at now: UInt64,
        lane: ThreadLane
    ) -> UInt32 {
        let counted = word(of: task)
        let startChain = chains.number(ofStart: TaskLayout.startFunction(task))
        let isStart = !isBody && TaskLayout.entry(task) != 0
        return start(
            task,
            chain: isStart ? startChain : chains.number(of: task, isBody: isBody),
            startChain: startChain,
            isBirth: isBirth,
            at: counted?.firstSeen(at: now) ?? now,
            lane: lane
        )
    }

    /// Notes whose child the task is, or who has made it: as a rule the task that runs here.
    @inline(__always)
    private func noteOrigin(of task: UInt, _ slot: UInt32, isBirth: Bool) {
        let memory = unsafe pointer(slot)
        var parent = TaskLayout.parent(task)
        var origin = TaskLayout.isInParentsFrame(task) ? Origin.asyncLet : .group
        if parent == 0 {
            parent = isBirth ? TaskLayout.current : 0
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

    /// A task that this registry has seen ends on the calling thread, or goes to another runtime.
    func ended(_ task: UInt, _ word: MachineWord, isEnd: Bool) {
        contexts.withCurrent { context in
            if isEnd, context.runningJob == task { context.hasEnded = true }
            let lane = context.lane
            if word.isCounted {
                lane.count(.machinesFinished)
            } else if word.slot < limit {
                finish(task, word.slot, isEnd: isEnd, lane: lane)
            }
        }
    }

    /// Counts the end, or that the task is another runtime's now, and frees the slot.
    private func finish(_ task: UInt, _ slot: UInt32, isEnd: Bool, lane: ThreadLane) {
        let memory = unsafe pointer(slot)
        // The sampler may be looking at the task; it takes nanoseconds, unless it lost its processor
        // meanwhile. Sequentially consistent; pairs with the stores and loads of `isCancelled` and of
        // `waits`: the sampler writes the hazard and then looks at the slot, this thread clears the slot
        // and then looks at the hazard; one of the two sees the other.
        // Exchanged, since a word may be older than the registry that has the runtime's number now.
        let (isIts, _) = unsafe memory.pointee.task.compareExchange(
            expected: task,
            desired: 0,
            ordering: .sequentiallyConsistent
        )
        guard isIts else { return }
        var rounds = 0
        while hazard.load(ordering: .sequentiallyConsistent) == task {
            rounds += 1
            if rounds < 100 { CurrentThread.pause() } else { CurrentThread.yieldProcessor() }
        }
        let row = Int(unsafe memory.pointee.functionRow.load(ordering: .relaxed))
        let chain = Int(unsafe memory.pointee.chain.load(ordering: .relaxed))
        let way = chains.transition(from: chain, to: Int(ResumeChains.done))
        // Exchanged, so that a thread that is about to call it suspended, see `ran`, has done so or does
        // not.
        let state = unsafe memory.pointee.state.exchange(
            StateMachineRegistry.word(State.ended.rawValue, 0),
            ordering: .acquiringAndReleasing
        )
        if watched.isAny { tellEnd(of: slot, after: state, as: isEnd ? .ended : .left, lane) }
        let section = lane.open()
        lane.count(.machinesFinished, in: section)
        lane.tally(.machines, row: row, -1, in: section)
        lane.tally(.chains, row: chain, -1, in: section)
        lane.tally(.transitions, row: way, 1, in: section)
        // Suspended, as far as is known here: it ended on an executor that is not ours.
        if StateMachineRegistry.isSuspended(state) {
            lane.tally(.suspended, row: row, -1, in: section)
        }
        slots.free(slot, on: lane, in: section)
        lane.close(section)
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
