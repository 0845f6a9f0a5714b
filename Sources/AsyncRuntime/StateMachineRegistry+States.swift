// SPDX-License-Identifier: Apache-2.0

internal import Synchronization
internal import Telemetry

// The books of states: what a machine does, where it is suspended, and for how long it was.
extension StateMachineRegistry {
    /// Changes the state and adds the time in the one before to its sum.
    ///
    /// Returns the state before.
    @discardableResult
    func change(
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
        if StateMachineRegistry.isSuspended(old) { tallySuspended(slot, -1, lane) }
        addTime(slot, old, to: state, now, lane)
        return UInt8(truncatingIfNeeded: old >> 56)
    }

    @inline(__always)
    func addTime(
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
        if watched.isAny { tell(slot, time, next, now, lane) }
        guard state >= State.suspended.rawValue else { return }
        let chain = Int(unsafe memory.pointee.chain.load(ordering: .relaxed))
        chains.record(time, chain: chain, lane: lane)
        guard state >= State.waiting.rawValue else { return }
        let row = Int(unsafe memory.pointee.functionRow.load(ordering: .relaxed))
        waits.record(time, functionRow: row, lane: lane)
    }

    /// Each sum has one writer at a time, whoever ended that state: no read-modify-write.
    @inline(__always)
    func add(_ time: UInt64, to sum: borrowing Atomic<UInt64>) {
        sum.store(sum.load(ordering: .relaxed) &+ time, ordering: .relaxed)
    }

    /// Counts machines that are suspended outside of operations, by function.
    func tallySuspended(_ slot: UInt32, _ delta: Int, _ lane: ThreadLane) {
        let row = Int(unsafe pointer(slot).pointee.functionRow.load(ordering: .relaxed))
        tallySuspended(row: row, delta, lane)
    }

    func tallySuspended(row: Int, _ delta: Int, _ lane: ThreadLane) {
        let section = lane.open()
        lane.tally(.suspended, row: row, delta, in: section)
        lane.close(section)
    }

    /// Says where the machine is and for what it waits.
    func label(
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

    /// Whether a state word says that the machine is suspended outside of operations.
    @inline(__always)
    static func isSuspended(_ word: UInt64) -> Bool {
        UInt8(truncatingIfNeeded: word >> 56) == State.suspended.rawValue
    }

    /// The frames in which a machine is now, those in which it was, and the way between them.
    struct Move {
        let from: Int
        let to: Int
        let way: Int
    }

    /// Notes the frames in which the task is suspended, or about to be; the tallies are the caller's.
    @inline(__always)
    func noteFrames(of task: UInt, _ slot: UInt32, isBody: Bool) -> Move {
        let memory = unsafe pointer(slot)
        let chain = chains.number(of: task, isBody: isBody)
        let old = Int(unsafe memory.pointee.chain.load(ordering: .relaxed))
        unsafe memory.pointee.hasPresentFrames.store(1, ordering: .relaxed)
        if chain != old {
            unsafe memory.pointee.chain.store(UInt16(chain), ordering: .relaxed)
        }
        return Move(from: old, to: chain, way: chains.transition(from: old, to: chain))
    }

    @inline(__always)
    func tally(_ move: Move, _ lane: ThreadLane, in section: borrowing ThreadLane.Section) {
        lane.tally(.transitions, row: move.way, 1, in: section)
        guard move.from != move.to else { return }
        lane.tally(.chains, row: move.from, -1, in: section)
        lane.tally(.chains, row: move.to, 1, in: section)
    }

    /// Notes the frames and counts them.
    @inline(__always)
    func capture(_ task: UInt, _ slot: UInt32, isBody: Bool, lane: ThreadLane) {
        let move = noteFrames(of: task, slot, isBody: isBody)
        let section = lane.open()
        tally(move, lane, in: section)
        lane.close(section)
        // In a continuation's body the task is still the one that runs.
        if isBody, watched.isAny { noteLocalsOfCurrentTask() }
    }
}
