// SPDX-License-Identifier: Apache-2.0

package import Kernel
internal import Synchronization
internal import SystemPackage
package import Telemetry

/// One poller thread, as it looks from everywhere.
package final class Poller: Sendable {
    /// What the thread does, as its lane says it.
    package enum State: UInt8, Sendable {
        case waiting = 1
        case leader
        case running
        case inline
        case blocked
    }

    /// 1 and up; the thread is called `poller-N`.
    package let number: Int
    package let lane: ThreadLane
    /// Whether it took packets and has not come back for more.
    ///
    /// The poller's own.
    let tookPackets = Atomic<Bool>(false)
    /// Why it was added, where that was not the minimum.
    package let reason: String?
    /// Set once; the poller ends when it comes for packets next.
    let isLeaving = Atomic<Bool>(false)

    init(number: Int, lane: ThreadLane, reason: String? = nil) {
        self.number = number
        self.reason = reason
        self.lane = lane
    }

    package func setState(_ state: State, at now: Instant) {
        lane.setState(state.rawValue, at: now.nanoseconds)
    }

    /// Whether it was told to leave and has not ended yet.
    package var leaves: Bool { isLeaving.load(ordering: .relaxed) }
}

/// What poller threads do with packets; the executor's part of the picture.
package protocol PollerDelegate: AnyObject, Sendable {
    /// Makes the lane of a new thread.
    func makeLane(kind: ThreadLane.Kind, number: Int) -> ThreadLane
    /// On the new thread, before its first packet.
    func pollerStarted(_ poller: Poller)
    /// It was told to leave, for this reason.
    func pollerDismissed(_ poller: Poller, _ reason: String)
    /// Its thread could not be created; it takes no packet.
    func pollerFailedToStart(_ poller: Poller, _ reason: String)
    /// It has taken these packets, at the time that its lane names.
    func taken(_ batch: [OperationReference], on poller: Poller)
    /// Resumes what the packet completes, and gives its slot back by `CompletionPort.finish`.
    func deliver(_ operation: OperationReference, on poller: Poller)
    /// After the last packet of a batch: runs continuations that were placed on this poller.
    func delivered(on poller: Poller)
    /// On the thread, after its last packet.
    func pollerEnded(_ poller: Poller)
}

extension CompletionPort {
    /// Waits for packets and takes the oldest, at most `batchLimit`.
    ///
    /// Returns `false` when the poller has to leave. One poller after the other waits in the kernel
    /// on behalf of all, see `Seats`.
    package func dequeue(
        into batch: inout [OperationReference],
        ready: inout [UInt32],
        events: inout [ReadinessEvent],
        poller: Poller
    ) -> Bool {
        batch.removeAll(keepingCapacity: true)
        ready.removeAll(keepingCapacity: true)
        let limit = batchLimit
        var now = Instant.now
        var comesBack = poller.tookPackets.load(ordering: .relaxed)
        if comesBack {
            poller.tookPackets.store(false, ordering: .relaxed)
            poller.lane.endBusy(at: now.nanoseconds)
            poller.lane.endUser(at: now.nanoseconds)
        }
        while true {
            let (step, wake, fetch) = seats.withLock { seats -> (Seats.Step, Int?, Bool) in
                if comesBack { seats.finished() }
                number(ready, from: seats.packetCount)
                seats.enter(ready)
                let step = seats.next(
                    for: poller.number,
                    limit: limit,
                    now: now.nanoseconds
                )
                var wake: Int?
                switch step {
                case .take(let count):
                    for _ in 0..<count {
                        guard let slot = seats.takePacket() else { break }
                        batch.append(reference(slot))
                    }
                    wake = seats.release()
                case .leave:
                    wake = seats.fillSeat()
                case .lead, .wait:
                    break
                }
                return (step, wake, wake == nil && step != .lead && seats.needsLeader)
            }
            comesBack = false
            ready.removeAll(keepingCapacity: true)
            if let wake { parkers[wake].parker.unpark() }
            if fetch { engine.interrupt() }
            switch step {
            case .take:
                // Read again: what has entered until now is older.
                now = .now
                poller.setState(.running, at: now)
                poller.tookPackets.store(true, ordering: .relaxed)
                poller.lane.beginBusy(at: now.nanoseconds)
                poller.lane.advance(.packetsTaken, by: batch.count)
                for operation in batch { passTaken(operation, at: now, lane: poller.lane) }
                return true
            case .lead:
                poller.setState(.leader, at: now)
                gate.rests(poller.lane)
                collect(into: &ready, events: &events, lane: poller.lane)
            case .wait(let isWatcher):
                poller.setState(.waiting, at: now)
                gate.rests(poller.lane)
                let patience = Duration.nanoseconds(Int64(Seats.patience))
                let released = parkers[poller.number].parker.park(
                    timeout: isWatcher ? patience : nil
                )
                if !released, !seats.withLock({ $0.stopWaiting(poller.number) }) {
                    // Released in between: the token must not be left for the next wait.
                    parkers[poller.number].parker.park()
                }
            case .leave:
                return false
            }
            now = .now
        }
    }

    private func passTaken(_ operation: OperationReference, at now: Instant, lane: ThreadLane) {
        // The event carries what the screen shows of a packet: its kind, its result, its wait.
        lane.events.append(
            Event(
                nanoseconds: now.nanoseconds(since: operation.packetQueuedAt),
                kind: PacketEvent.kind(operation),
                subject: PacketEvent.subject(operation),
                argument: PacketEvent.argument(operation)
            )
        )
        Hop.pass(
            .taken,
            subject: operation.subject,
            argument: Int(operation.descriptor),
            at: now.nanoseconds,
            on: lane,
            through: gate,
            place: operation.place
        )
    }

    /// The poller is about to run user code in place.
    package func beforeInline(_ poller: Poller, backlog: Bool, now: Instant) {
        poller.setState(.inline, at: now)
        poller.lane.beginUser(at: now.nanoseconds)
        let wake = seats.withLock {
            $0.beforeInline(poller.number, backlog: backlog, now: now.nanoseconds)
        }
        if let wake { parkers[wake].parker.unpark() }
    }

    /// The poller is about to block: another one may run in its place.
    package func pollerBlocks(_ poller: Poller) {
        poller.setState(.blocked, at: .now)
        let (wake, fetch) = seats.withLock { seats -> (Int?, Bool) in
            let wake = seats.blocks(poller.number)
            return (wake, wake == nil && seats.needsLeader)
        }
        if let wake { parkers[wake].parker.unpark() }
        if fetch { engine.interrupt() }
    }

    /// The poller runs again.
    package func pollerUnblocks(_ poller: Poller) {
        seats.withLock { $0.unblocks() }
        poller.setState(.inline, at: .now)
    }

    /// Changes the concurrency value; a higher one releases pollers for packets that wait.
    package func setConcurrency(_ value: Int) {
        var wakes: [Int] = []
        seats.withLock { seats in
            seats.concurrency = max(1, value)
            while wakes.count < seats.concurrency, let poller = seats.release() {
                wakes.append(poller)
            }
        }
        for poller in wakes { parkers[poller].parker.unpark() }
        engine.interrupt()
    }

    /// Tells a poller to leave, and wakes it for that.
    func dismiss(_ poller: Poller) {
        poller.isLeaving.store(true, ordering: .relaxed)
        let waits = seats.withLock { $0.leave(poller.number) }
        if waits { parkers[poller.number].parker.unpark() } else { engine.interrupt() }
    }

    /// A poller whose thread could not be created does not come to leave.
    func forget(_ poller: Poller) {
        seats.withLock { $0.forget(poller.number) }
    }
}

/// How a packet that was taken is written into an event: kind 100 and up.
package enum PacketEvent {
    static func kind(_ operation: OperationReference) -> UInt64 {
        100 + UInt64(operation.kind.rawValue)
    }

    static func subject(_ operation: OperationReference) -> UInt64 {
        operation.packetNumber << 24 | UInt64(UInt32(bitPattern: operation.descriptor) & 0xff_ffff)
    }

    static func argument(_ operation: OperationReference) -> Int64 {
        switch operation.outcome {
        case .value(let value): Int64(value)
        case .failed(let error): -Int64(error.rawValue)
        case .cancelled: -1001
        case .timedOut: -1002
        case .closed: -1003
        }
    }

    /// The packet's number; `nil` for other events.
    package static func number(_ event: Event) -> Int? {
        event.kind > 100 ? Int(event.subject >> 24) : nil
    }

    /// The operation, its descriptor and its result in words; `nil` for other events.
    package static func decode(
        _ event: Event
    ) -> (operation: OperationKind, descriptor: Int, number: Int, result: String)? {
        guard event.kind > 100,
            let kind = OperationKind(rawValue: UInt8(truncatingIfNeeded: event.kind - 100))
        else { return nil }
        let low = Int(event.subject & 0xff_ffff)
        let descriptor = low == 0xff_ffff ? -1 : low
        let number = Int(event.subject >> 24)
        return (kind, descriptor, number, words(kind, event.argument))
    }

    /// How an operation of that kind ended, in words.
    package static func words(_ kind: OperationKind, _ argument: Int64) -> String {
        switch argument {
        case -1001: return "cancelled"
        case -1002: return "timed out"
        case -1003: return "closed"
        case ..<0: return "\(Errno(rawValue: Int32(-argument)))"
        default:
            switch kind {
            case .read, .write: return "\(argument) B"
            case .accept: return "fd \(argument)"
            case .connect, .sleep, .post: return "ok"
            }
        }
    }
}
