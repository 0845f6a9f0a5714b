// SPDX-License-Identifier: Apache-2.0

package import Kernel
internal import Synchronization
package import Telemetry

// The way out: outcome, packet, and the slot's end.
extension CompletionPort {
    /// Completes an operation that the caller took out, and enters its packet.
    ///
    /// The gate of hops may hold the calling thread, unless it must not be held.
    func complete(
        _ operation: OperationReference,
        _ outcome: OperationOutcome,
        on lane: ThreadLane,
        mayBeHeld: Bool = true
    ) {
        prepare(operation, outcome, at: .now, on: lane, mayBeHeld: mayBeHeld)
        enter(CollectionOfOne(operation.slot))
    }

    /// Writes the outcome into the slot and counts the packet, which the caller enters.
    ///
    /// `now` is what the clock said just now, or a few calls ago.
    @inline(__always)
    func prepare(
        _ operation: OperationReference,
        _ outcome: OperationOutcome,
        at now: Instant,
        on lane: ThreadLane,
        mayBeHeld: Bool = true
    ) {
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
        let subject = operation.subject
        let argument = Int(PacketEvent.argument(operation))
        let at = now.nanoseconds
        if mayBeHeld {
            Hop.pass(
                .performed,
                subject: subject,
                argument: argument,
                at: at,
                on: lane,
                through: gate,
                place: operation.place
            )
        } else {
            Hop.record(.performed, subject: subject, argument: argument, at: at, on: lane)
        }
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

    /// Takes out of a packet what its owner needs of it, and gives the slot back.
    package func unpack(_ operation: OperationReference, on lane: ThreadLane) -> PacketContents {
        let contents = PacketContents(
            role: operation.role,
            words: operation.contexts,
            outcome: operation.outcome,
            bufferNumber: operation.bufferNumber,
            subject: operation.subject,
            place: operation.place,
            queuedAt: operation.packetQueuedAt.nanoseconds
        )
        finish(operation, on: lane)
        return contents
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

    /// Takes the packets that nobody will: received buffers and accepted connections go back.
    ///
    /// Only after the last poller has left. `body` gives back what the owner's words hold.
    package func discardPackets(on lane: ThreadLane, _ body: (OperationReference) -> Void) {
        while let slot = seats.withLock({ $0.takePacket() }) {
            let operation = reference(slot)
            switch (operation.kind, operation.outcome) {
            case (.read, _) where operation.bufferNumber != 0:
                buffers.slots.put(operation.bufferNumber, on: lane)
            case (.accept, .value(let number)):
                engine.close(Int32(number))
            default: break
            }
            body(operation)
            finish(operation, on: lane)
        }
    }

    func countOutcome(
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
}

/// What a packet brings to its owner.
package struct PacketContents: Sendable {
    package let role: OperationRole
    /// The owner's words of the operation.
    package let words: (UInt, UInt)
    package let outcome: OperationOutcome
    /// Number of the buffer that holds what a read received; 0 where there is none.
    package let bufferNumber: UInt32
    package let subject: UInt64
    package let place: AwaitPlace
    package let queuedAt: UInt64
}
