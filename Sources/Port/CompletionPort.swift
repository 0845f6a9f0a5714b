// SPDX-License-Identifier: Apache-2.0

package import Kernel
package import Synchronization
package import SystemPackage
package import Telemetry

/// An I/O completion port on top of a readiness engine: a proactor on a reactor.
///
/// The verbs are Windows': descriptors are *associated* with the port, overlapped operations are
/// *submitted* or packets *posted*, and threads *dequeue* completion packets. epoll knows nothing of
/// completions; it says that a descriptor may be ready. So the poller that hears it makes the
/// non-blocking call and, if the call succeeded, has a packet. A call that succeeds on the
/// submitter's thread needs no packet at all (`skipOnSuccess`).
///
/// Locks, all leaves: one in each registration (the queues of waiting operations), one for the
/// timer heap, one for packets and seats. An operation is *taken out* of its queue or heap under
/// that lock by exactly one thread: the performer, the canceller, the timer or the closer. Who took
/// it out completes it, and nobody else; that is why each operation completes exactly once. Calls
/// are made, packets entered and threads woken after the lock is left.
package final class CompletionPort: Sendable {
    /// Packets that one poller takes at once.
    package static let batchLimit = 64
    /// Most timers handled between two looks at the kernel.
    private static let timerBatch = 1024

    struct Timers: Sendable {
        var queue = TimerQueue()
        /// Until when the leader sleeps in the kernel; 0 while it does not.
        var sleepingUntil: UInt64 = 0
    }

    package let buffers: BufferPool
    let engine: PortEngine
    let slots = SlotPool(slotBytes: 144, counter: .slots)
    let registrations = RegistrationTable()
    let timers = Lock(Timers())
    let seats: Lock<Seats>
    let gate: HopGate
    let parkers: [PollerParker]
    /// Whether a call that succeeds at once skips the packet, as FILE_SKIP_COMPLETION_PORT_ON_SUCCESS.
    package let skipOnSuccess = Atomic<Bool>(true)
    private let isClosed = Atomic<Bool>(false)
    #if DEBUG
    /// A fault for tests: the next outcome is not counted, and the books must show it.
    package let dropsOneCompletion = Atomic<Bool>(false)
    #endif

    package init(
        engine: PortEngine,
        concurrency: Int,
        pollerCapacity: Int,
        gate: HopGate,
        currentLane: @escaping @Sendable () -> ThreadLane
    ) {
        precondition(MemoryLayout<OperationSlot>.size <= 144)
        self.engine = engine
        self.gate = gate
        seats = Lock(Seats(concurrency: concurrency))
        parkers = (0..<pollerCapacity).map { _ in PollerParker() }
        buffers = BufferPool(currentLane: currentLane)
    }

    func reference(_ slot: UInt32) -> OperationReference {
        unsafe OperationReference(
            slot: slot,
            memory: slots.address(of: slot).assumingMemoryBound(to: OperationSlot.self)
        )
    }

    // MARK: Association

    /// Associates a descriptor with the port, which closes it from now on.
    ///
    /// - Throws: what `epoll_ctl(2)` reports; the descriptor is closed then.
    package func associate(
        _ descriptor: consuming Descriptor,
        connectingTo address: SocketAddress? = nil
    ) throws(Errno) -> Association {
        let registration = registrations.take()
        let number = descriptor.number
        let generation = registration.state.withLock { state in
            state.generation &+= 1
            state.descriptor = number
            state.address = address
            state.io = DescriptorState()
            return state.generation
        }
        do throws(Errno) {
            try engine.add(number, key: UInt64(registration.index) << 32 | UInt64(generation))
        } catch {
            registration.state.withLock { state in
                // The number ends here with its owner, and may be somebody else's the next moment.
                state.descriptor = -1
                state.generation &+= 1
            }
            registrations.put(registration)
            throw error
        }
        _ = descriptor.release()
        return Association(
            registration: registration,
            generation: generation,
            descriptor: number
        )
    }

    /// Closes a descriptor: its waiting operations complete as closed; the number goes back to the
    /// kernel when the last thread that uses it has let go.
    package func close(_ association: Association, on lane: ThreadLane) {
        let registration = association.registration
        let (ended, mayRelease) = registration.state.withLock { state -> ([UInt32], Bool) in
            guard state.generation == association.generation, !state.io.isClosing else {
                return ([], false)
            }
            let ended = state.io.close()
            for slot in ended { reference(slot).setPhase(.done) }
            return (ended, state.io.mayRelease)
        }
        for slot in ended { complete(reference(slot), .closed, on: lane) }
        if mayRelease { release(registration) }
    }

    /// Calls `body` with the descriptor's number unless the association has ended.
    package func withDescriptor<Result>(
        _ association: Association,
        _ body: (Int32) throws(Errno) -> Result
    ) throws(Errno) -> Result {
        // A user in the state's sense would keep the number; for a moment's option call the lock
        // itself does, since `release` closes only after it has been seen there.
        try association.registration.state.withLock { state throws(Errno) in
            guard state.generation == association.generation, !state.io.isClosing else {
                throw .badFileDescriptor
            }
            return try body(state.descriptor)
        }
    }

    /// Closes the number and gives the registration back.
    ///
    /// Called once, by the last user.
    func release(_ registration: Registration) {
        let number = registration.state.withLock { state in
            let number = state.descriptor
            state.descriptor = -1
            // From here on the old key is stale.
            state.generation &+= 1
            return number
        }
        guard number >= 0 else { return }
        engine.close(number)
        registrations.put(registration)
    }

    // MARK: Submitting

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

    private func startTimer(_ slot: UInt32, _ deadline: UInt64) {
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
        operation.setPhase(.done)
        complete(operation, outcome, on: lane)
    }

    // MARK: Ending from outside

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

    // MARK: Performing

    /// Makes the calls of one direction until there is nothing to do, and hands each slot whose
    /// operation is complete to `ready`.
    func perform(
        _ first: UInt32,
        _ registration: Registration,
        _ descriptor: Int32,
        _ direction: Direction,
        lane: ThreadLane,
        ready: (UInt32) -> Void
    ) {
        var slot = first
        while true {
            let operation = reference(slot)
            let (outcome, drained) = call(operation, descriptor, registration, lane: lane)
            let result: DescriptorState.Performed =
                outcome == nil ? .wouldBlock : .completed(drained: drained)
            let (ended, next, mayRelease) = registration.state.withLock { state in
                let (ended, next) = state.io.performed(direction, result)
                if outcome != nil || ended != nil { operation.setPhase(.done) }
                return (ended, next, state.io.mayRelease)
            }
            if let final = outcome ?? ended?.outcome {
                prepare(operation, final, on: lane)
                ready(slot)
            }
            switch next {
            case .perform(let following): slot = following
            case .rest:
                if mayRelease { release(registration) }
                return
            }
        }
    }

    /// The non-blocking call that readiness allows.
    ///
    /// `nil` where it would still have to wait.
    private func call(
        _ operation: OperationReference,
        _ descriptor: Int32,
        _ registration: Registration,
        lane: ThreadLane
    ) -> (outcome: OperationOutcome?, drained: Bool) {
        switch operation.kind {
        case .read:
            let (buffer, result, drained) = receive(descriptor, lane: lane)
            unsafe operation.memory.pointee.buffer = UInt(buffer)
            return (result, drained)
        case .write:
            return (send(operation, descriptor), false)
        case .accept:
            return (acceptOne(descriptor), false)
        case .connect:
            return (connect(descriptor, registration), false)
        case .sleep, .post:
            preconditionFailure("\(operation.kind) has no call.")
        }
    }

    /// One `recv` into a buffer of the pool; 0 stands for no buffer.
    package func receive(
        _ descriptor: Int32,
        lane: ThreadLane
    ) -> (buffer: UInt32, outcome: OperationOutcome?, drained: Bool) {
        let buffer: UInt32
        do throws(SlotPool.Exhausted) {
            buffer = try buffers.slots.take(on: lane)
        } catch {
            return (0, .failed(.noMemory), false)
        }
        let address = unsafe buffers.slots.address(of: buffer)
        do throws(Errno) {
            let count = try unsafe engine.receive(
                descriptor,
                into: address,
                count: BufferPool.bufferBytes
            )
            // Less than asked for: the socket was empty, and what comes later makes an edge. The
            // end of the stream stays readable.
            return (buffer, .value(count), count > 0 && count < BufferPool.bufferBytes)
        } catch {
            buffers.slots.put(buffer, on: lane)
            return (0, error == .wouldBlock ? nil : .failed(error), false)
        }
    }

    private func send(_ operation: OperationReference, _ descriptor: Int32) -> OperationOutcome? {
        let memory = unsafe operation.memory
        guard let base = unsafe UnsafeRawPointer(bitPattern: memory.pointee.buffer) else {
            return .value(0)
        }
        var moved = unsafe Int(memory.pointee.moved)
        let count = unsafe Int(memory.pointee.count)
        let outcome = unsafe send(descriptor, base, count: count, sent: &moved)
        unsafe memory.pointee.moved = UInt32(moved)
        return outcome
    }

    /// Sends until all bytes are gone (their number) or the socket is full (`nil`).
    package func send(
        _ descriptor: Int32,
        _ base: UnsafeRawPointer,
        count: Int,
        sent: inout Int
    ) -> OperationOutcome? {
        while sent < count {
            do throws(Errno) {
                sent += try unsafe engine.send(descriptor, from: base + sent, count: count - sent)
            } catch {
                return error == .wouldBlock ? nil : .failed(error)
            }
        }
        return .value(count)
    }

    /// One connection.
    ///
    /// Where the process has no descriptor left the operation fails and the connection stays in the
    /// backlog: the direction is not drained, so the next accept finds it.
    package func acceptOne(_ descriptor: Int32) -> OperationOutcome? {
        while true {
            do throws(Errno) {
                return .value(Int(try engine.accept(descriptor)))
            } catch {
                switch error {
                case .wouldBlock: return nil
                // The peer gave up, or a network error that accept(2) says to treat as a retry.
                case .connectionAbort, Errno(rawValue: 71): continue
                default: return .failed(error)
                }
            }
        }
    }

    private func connect(_ descriptor: Int32, _ registration: Registration) -> OperationOutcome? {
        // The address was set before the operation was made and stays until the registration ends.
        guard let address = registration.state.withLock({ $0.address }) else {
            return .failed(.invalidArgument)
        }
        do throws(Errno) {
            return try engine.connect(descriptor, to: address) ? .value(0) : nil
        } catch {
            return .failed(error)
        }
    }

    // MARK: Completing

    /// Completes an operation that the caller took out, and enters its packet.
    func complete(
        _ operation: OperationReference,
        _ outcome: OperationOutcome,
        on lane: ThreadLane
    ) {
        prepare(operation, outcome, on: lane)
        enter(CollectionOfOne(operation.slot))
    }

    /// Writes the outcome into the slot and counts the packet, which the caller enters.
    private func prepare(
        _ operation: OperationReference,
        _ outcome: OperationOutcome,
        on lane: ThreadLane
    ) {
        let now = Instant.now
        operation.setOutcome(outcome)
        let memory = unsafe operation.memory
        if unsafe memory.pointee.deadline != 0, operation.kind != .sleep {
            let slot = operation.slot
            timers.withLock { timers in _ = timers.queue.remove(slot) }
        }
        unsafe memory.pointee.packetQueuedAt = now.nanoseconds
        let section = lane.open()
        lane.count(.packets, in: section)
        if operation.kind.direction != nil {
            lane.count(.armed, -1, in: section)
        } else if operation.kind == .sleep {
            lane.count(.timers, -1, in: section)
        }
        lane.tally(.waiting, row: operation.site, -1, in: section)
        lane.close(section)
        Hop.pass(
            .performed,
            subject: operation.subject,
            argument: unsafe memory.pointee.result,
            at: now.nanoseconds,
            on: lane,
            through: gate
        )
    }

    /// Enters packets and releases a poller for them.
    func enter(_ slots: some Collection<UInt32>) {
        let (poller, interrupt) = seats.withLock { seats -> (Int?, Bool) in
            number(slots, from: seats.packetCount)
            seats.enter(slots)
            let poller = seats.release()
            return (poller, poller == nil && seats.needsLeader)
        }
        if let poller { parkers[poller].parker.unpark() }
        if interrupt { engine.interrupt() }
    }

    /// Numbers packets in the order in which they enter, under the lock of the seats.
    func number(_ slots: some Collection<UInt32>, from count: UInt64) {
        var number = count
        for slot in slots {
            number += 1
            unsafe reference(slot).memory.pointee.packetNumber = number
        }
    }

    /// The oldest packets in the port, at most `limit`: a look, they stay.
    package func waitingPackets(limit: Int, now: Instant) -> [RuntimeSnapshot.PacketRow] {
        seats.withLock { seats in
            seats.packets.prefix(limit).map { slot in
                let operation = reference(slot)
                return RuntimeSnapshot.PacketRow(
                    number: Int(operation.packetNumber),
                    operation: operation.kind.name,
                    descriptor: Int(operation.descriptor),
                    result: PacketEvent.words(operation.kind, PacketEvent.argument(operation)),
                    waitedMicroseconds: Int(
                        now.nanoseconds(since: operation.packetQueuedAt) / 1000
                    ),
                    isQueued: true
                )
            }
        }
    }

    /// Gives the slot of a delivered packet back and counts the outcome, in one section: the books
    /// balance in every cut.
    package func finish(_ operation: OperationReference, on lane: ThreadLane) {
        let section = lane.open()
        lane.count(.dequeued, in: section)
        #if DEBUG
        let isDropped = dropsOneCompletion.exchange(false, ordering: .relaxed)
        #else
        let isDropped = false
        #endif
        if !isDropped { countOutcome(operation.outcome, on: lane, in: section) }
        lane.tally(.done, row: operation.site, 1, in: section)
        let stamp = unsafe operation.memory.pointee.stamp.load(ordering: .relaxed)
        // The next generation, free. Releasing; whoever takes the slot gets it through the pool.
        unsafe operation.memory.pointee.stamp.store(
            ((stamp >> 8) &+ 1) << 8,
            ordering: .releasing
        )
        slots.free(operation.slot, on: lane, in: section)
        lane.close(section)
    }

    private func countOutcome(
        _ outcome: OperationOutcome,
        on lane: ThreadLane,
        in section: borrowing ThreadLane.Section
    ) {
        switch outcome {
        case .value: lane.count(.completed, in: section)
        case .failed, .closed: lane.count(.failed, in: section)
        case .cancelled: lane.count(.cancelled, in: section)
        case .timedOut: lane.count(.timedOut, in: section)
        }
    }

    // MARK: Leading

    /// Waits in the kernel and returns the slots whose operations became ready.
    func collect(
        into ready: inout [UInt32],
        events: inout [ReadinessEvent],
        lane: ThreadLane
    ) {
        let timeout = timers.withLock { timers -> Int64 in
            guard let earliest = timers.queue.earliest else {
                timers.sleepingUntil = .max
                return -1
            }
            let now = Instant.now.nanoseconds
            guard earliest > now else { return 0 }
            timers.sleepingUntil = earliest
            return Int64(clamping: earliest - now)
        }
        events.removeAll(keepingCapacity: true)
        engine.wait(timeout: timeout, into: &events)
        for event in events { handle(event, into: &ready, lane: lane) }
        expire(into: &ready, lane: lane)
    }

    private func handle(_ event: ReadinessEvent, into ready: inout [UInt32], lane: ThreadLane) {
        let index = UInt32(truncatingIfNeeded: event.key >> 32)
        let generation = UInt32(truncatingIfNeeded: event.key)
        guard let registration = registrations[index] else { return }
        for direction in [Direction.read, .write]
        where direction == .read ? event.read : event.write {
            let (slot, descriptor, isStale) = registration.state.withLock { state in
                guard state.generation == generation else { return (UInt32?.none, Int32(-1), true) }
                let slot = state.io.edge(direction, isEnd: event.isEnd)
                return (slot, state.descriptor, false)
            }
            if isStale {
                lane.advance(.staleEvents)
                return
            }
            guard let slot else { continue }
            perform(slot, registration, descriptor, direction, lane: lane) { ready.append($0) }
        }
    }

    /// Takes due timers out of the heap: sleeps are complete, timeouts end their operation.
    private func expire(into ready: inout [UInt32], lane: ThreadLane) {
        let now = Instant.now.nanoseconds
        var slept: [UInt32] = []
        var late: [OperationToken] = []
        timers.withLock { timers in
            timers.sleepingUntil = 0
            for _ in 0..<CompletionPort.timerBatch {
                guard let slot = timers.queue.popDue(at: now) else { break }
                let operation = reference(slot)
                if operation.kind == .sleep {
                    operation.setPhase(.done)
                    slept.append(slot)
                } else {
                    // Live: it takes itself out of the heap, under this lock, before it is freed.
                    late.append(operation.token)
                }
            }
        }
        for slot in slept {
            prepare(reference(slot), .value(0), on: lane)
            ready.append(slot)
        }
        for token in late { end(token, reason: .timedOut, on: lane) }
    }

    // MARK: Closing

    /// Ends everything: registered descriptors are closed, waiting operations complete as closed,
    /// later ones complete at once.
    ///
    /// Packets are still delivered.
    package func close(on lane: ThreadLane) {
        isClosed.store(true, ordering: .sequentiallyConsistent)
        for registration in registrations.all {
            let generation = registration.state.withLock { state -> UInt32? in
                state.descriptor >= 0 ? state.generation : nil
            }
            guard let generation else { continue }
            close(
                Association(registration: registration, generation: generation, descriptor: -1),
                on: lane
            )
        }
        let sleepers = timers.withLock { timers -> [UInt32] in
            var slots: [UInt32] = []
            while let slot = timers.queue.popAny() {
                guard reference(slot).kind == .sleep else { continue }
                reference(slot).setPhase(.done)
                slots.append(slot)
            }
            return slots
        }
        for slot in sleepers { complete(reference(slot), .closed, on: lane) }
    }

    /// What waits where, for the snapshot: packets and their peak, the leader, running pollers.
    package var seating:
        (
            queued: Int, peak: Int, leader: Int?, running: Int, blocked: Int, waiting: Int,
            concurrency: Int
        )
    {
        seats.withLock {
            (
                $0.packets.count, $0.packetPeak, $0.isLeaderInKernel ? $0.leaderNumber : nil,
                $0.running, $0.blocked, $0.waiters.count, $0.concurrency
            )
        }
    }

    /// Timers in the heap: sleeps, and deadlines of operations that are pending.
    package var timerCount: Int { timers.withLock { $0.queue.count } }

    package func resetPeak() { seats.withLock { $0.resetPeak() } }
}

extension CompletionPort.Timers {
    /// Adds a timer.
    ///
    /// Returns whether the leader sleeps past it and has to be interrupted.
    mutating func start(_ slot: UInt32, _ deadline: UInt64) -> Bool {
        queue.insert(slot, deadline: deadline)
        guard deadline < sleepingUntil else { return false }
        // One interrupt is enough; the leader computes its timeout again.
        sleepingUntil = 0
        return true
    }
}

/// Where one poller sleeps.
final class PollerParker: Sendable {
    let parker = Parker()
}
