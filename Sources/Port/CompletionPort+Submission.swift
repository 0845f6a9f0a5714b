// SPDX-License-Identifier: Apache-2.0

package import Kernel
internal import Synchronization
package import Telemetry

// The way in: an operation is made, filled in and handed over.
extension CompletionPort {
    /// Takes a slot for an operation; the caller fills in its words and submits it.
    ///
    /// - Throws: `SlotPool.Exhausted` when there are more operations than slot numbers.
    package func makeOperation(
        _ kind: OperationKind,
        on association: Association?,
        deadline: Instant?,
        site: Int,
        subject: UInt64,
        role: OperationRole,
        contexts: (UInt, UInt),
        lane: ThreadLane
    ) throws(SlotPool.Exhausted) -> OperationReference {
        let section = lane.open()
        let slot: UInt32
        do throws(SlotPool.Exhausted) {
            slot = try slots.allocate(on: lane, in: section)
        } catch {
            lane.close(section)
            throw error
        }
        lane.count(.submitted, in: section)
        if kind.direction != nil {
            lane.count(.armed, in: section)
        } else if kind == .sleep {
            lane.count(.timers, in: section)
        }
        lane.tally(.waiting, row: site, 1, in: section)
        lane.close(section)

        let operation = reference(slot)
        let memory = unsafe operation.memory
        unsafe memory.pointee.kind = kind.rawValue
        unsafe memory.pointee.site = UInt16(site)
        unsafe memory.pointee.count = 0
        unsafe memory.pointee.moved = 0
        unsafe memory.pointee.buffer = 0
        unsafe memory.pointee.reason = 0
        unsafe memory.pointee.role = role.rawValue
        unsafe memory.pointee.deadline = deadline?.nanoseconds ?? 0
        unsafe memory.pointee.context0 = contexts.0
        unsafe memory.pointee.context1 = contexts.1
        unsafe memory.pointee.subject = subject
        unsafe memory.pointee.descriptor = association?.descriptor ?? -1
        unsafe memory.pointee.registration.store(
            association?.registration.index ?? 0,
            ordering: .relaxed
        )
        operation.setPhase(.made)
        return operation
    }

    /// Names the operation for .
    ///
    /// `end(_:reason:on:)``. Only between `makeOperation` and `submit`.
    package func token(of operation: OperationReference) -> OperationToken { operation.token }

    /// Sets the owner's first word and whom the operation concerns.
    ///
    /// Only between `makeOperation` and `submit`.
    package func setContext(_ word: UInt, subject: UInt64, of operation: OperationReference) {
        unsafe operation.memory.pointee.context0 = word
        unsafe operation.memory.pointee.subject = subject
    }

    /// Gives a write its bytes, which must stay where they are until it has completed.
    package func setBytes(
        _ address: UnsafeRawPointer,
        count: Int,
        of operation: OperationReference
    ) {
        unsafe operation.memory.pointee.buffer = UInt(bitPattern: address)
        unsafe operation.memory.pointee.count = UInt32(count)
    }

    /// Hands the operation over.
    ///
    /// From here on it may complete at any time, on any thread.
    package func submit(
        _ operation: OperationReference,
        to association: Association?,
        lane: ThreadLane,
        now: Instant
    ) {
        Hop.pass(
            .submitted,
            subject: operation.subject,
            argument: Int(operation.descriptor),
            at: now.nanoseconds,
            on: lane,
            through: gate
        )
        guard let association else {
            submitUnregistered(operation, lane: lane)
            return
        }
        // The timer first: once in the descriptor's queue the operation may complete and look for it.
        let deadline = unsafe operation.memory.pointee.deadline
        if deadline != 0 { startTimer(operation.slot, deadline) }
        let registration = association.registration
        let direction = operation.kind.direction ?? .read
        let slot = operation.slot
        enum Admission { case perform(Int32), wait, ended(EndReason) }
        let admission = registration.state.withLock { state -> Admission in
            if operation.phase == .ended {
                operation.setPhase(.done)
                return .ended(
                    unsafe EndReason(rawValue: operation.memory.pointee.reason) ?? .cancelled
                )
            }
            guard state.generation == association.generation,
                !isClosed.load(ordering: .sequentiallyConsistent)
            else {
                operation.setPhase(.done)
                return .ended(.closed)
            }
            switch state.io.submit(slot, direction) {
            case .perform:
                operation.setPhase(.waiting)
                return .perform(state.descriptor)
            case .wait:
                operation.setPhase(.waiting)
                return .wait
            case .reject:
                operation.setPhase(.done)
                return .ended(.closed)
            }
        }
        switch admission {
        case .wait: break
        case .ended(let reason): complete(operation, reason.outcome, on: lane)
        case .perform(let descriptor):
            perform(slot, registration, descriptor, direction, lane: lane) { slot in
                enter(CollectionOfOne(slot))
            }
        }
    }

    func submitUnregistered(_ operation: OperationReference, lane: ThreadLane) {
        let slot = operation.slot
        let isSleep = operation.kind == .sleep
        enum Admission { case wait(interrupt: Bool), done(OperationOutcome) }
        let admission = timers.withLock { timers -> Admission in
            if operation.phase == .ended {
                operation.setPhase(.done)
                let reason = unsafe EndReason(rawValue: operation.memory.pointee.reason)
                return .done((reason ?? .cancelled).outcome)
            }
            if isClosed.load(ordering: .sequentiallyConsistent) {
                operation.setPhase(.done)
                return .done(.closed)
            }
            guard isSleep else {
                operation.setPhase(.done)
                return .done(.value(0))
            }
            operation.setPhase(.waiting)
            return .wait(interrupt: unsafe timers.start(slot, operation.memory.pointee.deadline))
        }
        switch admission {
        case .wait(let interrupt): if interrupt { engine.interrupt() }
        case .done(let outcome): complete(operation, outcome, on: lane)
        }
    }

    func startTimer(_ slot: UInt32, _ deadline: UInt64) {
        if timers.withLock({ $0.start(slot, deadline) }) { engine.interrupt() }
    }

    /// Tries a call on the caller's thread, without an operation, if nothing is queued before it and
    /// something may come of it.
    ///
    /// `call` says what it got, and whether it left nothing behind. `nil` is returned where the
    /// caller has to submit and wait.
    @inline(__always)
    package func tryNow<Value>(
        _ association: Association,
        _ direction: Direction,
        lane: ThreadLane,
        _ call: (Int32) -> (value: Value?, drained: Bool)
    ) -> Value? {
        let registration = association.registration
        let descriptor = registration.state.withLock { state -> Int32 in
            guard state.generation == association.generation else { return -1 }
            return state.io.beginTry(direction) ? state.descriptor : -1
        }
        guard descriptor >= 0 else { return nil }
        let (value, drained) = call(descriptor)
        let result: DescriptorState.Performed =
            value == nil ? .wouldBlock : .completed(drained: drained)
        let (next, mayRelease) = registration.state.withLock { state in
            (state.io.tried(direction, result), state.io.mayRelease)
        }
        if case .perform(let slot) = next {
            perform(slot, registration, descriptor, direction, lane: lane) { slot in
                enter(CollectionOfOne(slot))
            }
        } else if mayRelease {
            release(registration)
        }
        return value
    }

    /// Posts an empty packet, as PostQueuedCompletionStatus.
    package func post(_ operation: OperationReference, lane: ThreadLane, now: Instant) {
        precondition(operation.kind == .post)
        submit(operation, to: nil, lane: lane, now: now)
    }

    /// Completes an operation that was never submitted, because its call succeeded at once, with a
    /// packet all the same.
    ///
    /// What `skipOnSuccess` spares.
    package func completeAtOnce(
        _ operation: OperationReference,
        _ outcome: OperationOutcome,
        buffer: UInt32,
        lane: ThreadLane
    ) {
        unsafe operation.memory.pointee.buffer = UInt(buffer)
        // Under the lock that `end` looks at the phase under: a canceller must not write into it late.
        let index = unsafe operation.memory.pointee.registration.load(ordering: .relaxed)
        if let registration = registrations[index], index != 0 {
            registration.state.withLock { _ in operation.setPhase(.done) }
        } else {
            timers.withLock { _ in operation.setPhase(.done) }
        }
        complete(operation, outcome, on: lane)
    }

    /// Ends an operation that still waits.
    ///
    /// One that has completed, or whose slot is used again, is left alone; one whose call is being
    /// made right now is ended unless the call succeeds.
    package func end(_ token: OperationToken, reason: EndReason, on lane: ThreadLane) {
        let operation = reference(token.slot)
        let index = unsafe operation.memory.pointee.registration.load(ordering: .relaxed)
        let ended: Bool
        if index == 0 {
            ended = timers.withLock { timers in
                switch operation.phase(of: token) {
                case .made:
                    unsafe operation.memory.pointee.reason = reason.rawValue
                    operation.setPhase(.ended)
                    return false
                case .waiting:
                    timers.queue.remove(token.slot)
                    operation.setPhase(.done)
                    return true
                default:
                    return false
                }
            }
        } else {
            guard let registration = registrations[index] else { return }
            ended = registration.state.withLock { state in
                let phase = operation.phase(of: token)
                // A registration that the slot named in an earlier life: the token no longer fits.
                guard unsafe operation.memory.pointee.registration.load(ordering: .relaxed) == index
                else { return false }
                switch phase {
                case .made:
                    unsafe operation.memory.pointee.reason = reason.rawValue
                    operation.setPhase(.ended)
                    return false
                case .waiting:
                    let direction = operation.kind.direction ?? .read
                    guard state.io.end(token.slot, direction, reason) else { return false }
                    operation.setPhase(.done)
                    return true
                default:
                    return false
                }
            }
        }
        if ended { complete(operation, reason.outcome, on: lane) }
    }
}
