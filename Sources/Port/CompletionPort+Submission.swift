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
        functionRow: Int = 0,
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
        unsafe memory.pointee.functionRow = UInt16(functionRow)
        unsafe memory.pointee.count = 0
        unsafe memory.pointee.result = 0
        unsafe memory.pointee.buffer = 0
        unsafe memory.pointee.reason = 0
        unsafe memory.pointee.role = role.rawValue
        unsafe memory.pointee.deadline = deadline?.nanoseconds ?? 0
        unsafe memory.pointee.context0 = contexts.0
        unsafe memory.pointee.context1 = contexts.1
        unsafe memory.pointee.subject = subject
        unsafe memory.pointee.descriptor = association?.descriptor ?? -1
        unsafe memory.pointee.registration.store(
            association.map { $0.withRegistration(\.index) } ?? 0,
            ordering: .relaxed
        )
        operation.setPhase(.made)
        return operation
    }

    /// Names the operation for `cancel(_:reason:on:)`.
    ///
    /// Only between `makeOperation` and `submit`.
    package func token(of operation: OperationReference) -> OperationToken { operation.token }

    /// Sets the owner's first word and whom the operation concerns.
    ///
    /// Only between `makeOperation` and `submit`.
    package func setContext(
        _ word: UInt,
        resumption: UInt,
        subject: UInt64,
        of operation: OperationReference
    ) {
        unsafe operation.memory.pointee.context0 = word
        unsafe operation.memory.pointee.context1 = resumption
        unsafe operation.memory.pointee.subject = subject
    }

    /// Gives a write its bytes, which must stay where they are until it has completed.
    package func setBytes(
        _ address: UnsafeRawPointer,
        count: Int,
        of operation: OperationReference
    ) {
        unsafe operation.memory.pointee.buffer = UInt(bitPattern: address)
        unsafe operation.memory.pointee.count = count
    }

    /// Hands the operation over.
    ///
    /// From here on it may complete at any time, on any thread. `isRestOfTry` says that the caller
    /// began the call by `openTry` and that the operation is what is left of it: it goes first.
    package func submit(
        _ operation: OperationReference,
        to association: Association?,
        isRestOfTry: Bool = false,
        lane: ThreadLane,
        now: Instant
    ) {
        precondition(operation.kind != .post, "An empty packet is posted.")
        Hop.pass(
            .submitted,
            subject: operation.subject,
            argument: Int(operation.descriptor),
            at: now.nanoseconds,
            on: lane,
            through: gate,
            place: operation.place
        )
        guard let association else {
            submitUnregistered(operation, lane: lane)
            return
        }
        // The timer first: once in the descriptor's queue the operation may complete and look for it.
        let deadline = unsafe operation.memory.pointee.deadline
        if deadline != 0 { startTimer(operation.slot, deadline) }
        association.withRegistration { registration in
            submit(
                operation,
                to: registration,
                ofGeneration: association.generation,
                isRestOfTry: isRestOfTry,
                lane: lane
            )
        }
    }

    @inline(__always)
    private func submit(
        _ operation: OperationReference,
        to registration: Registration,
        ofGeneration generation: UInt32,
        isRestOfTry: Bool,
        lane: ThreadLane
    ) {
        let direction = operation.kind.direction ?? .read
        let slot = operation.slot
        let (ended, next, descriptor, mayRelease) = registration.state.withLock {
            state -> (EndReason?, DescriptorState.Next, Int32, Bool) in
            var ended: EndReason?
            if operation.phase == .ended {
                let reason = unsafe EndReason(rawValue: operation.memory.pointee.reason)
                ended = reason ?? .cancelled
            } else if state.generation != generation
                || isClosed.load(ordering: .sequentiallyConsistent)
            {
                ended = .closed
            }
            var next = DescriptorState.Next.rest
            if isRestOfTry {
                // An open try keeps the descriptor, so that the generation is still the caller's.
                next = state.io.tried(direction, leaving: ended == nil ? slot : nil)
            } else if ended == nil {
                switch state.io.submit(slot, direction) {
                case .perform: next = .perform(slot)
                case .wait: break
                case .reject: ended = .closed
                }
            }
            operation.setPhase(ended == nil ? .waiting : .done)
            // Only who has let go of the descriptor may be the last to do so.
            return (ended, next, state.descriptor, isRestOfTry && state.io.mayRelease)
        }
        if let ended { complete(operation, ended.outcome, on: lane) }
        goOn(next, registration, descriptor, direction, mayRelease: mayRelease, lane: lane)
    }

    /// Posts an empty packet, as PostQueuedCompletionStatus: no I/O is behind it.
    ///
    /// Anything else goes by `submit`.
    package func post(_ operation: OperationReference, lane: ThreadLane, now: Instant) {
        precondition(operation.kind == .post)
        Hop.pass(
            .submitted,
            subject: operation.subject,
            argument: -1,
            at: now.nanoseconds,
            on: lane,
            through: gate,
            place: operation.place
        )
        submitUnregistered(operation, lane: lane)
    }

    private func submitUnregistered(_ operation: OperationReference, lane: ThreadLane) {
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
}
