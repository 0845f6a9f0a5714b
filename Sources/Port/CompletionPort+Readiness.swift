// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Synchronization
internal import Telemetry

// From what the kernel reports to the calls that it allows.
extension CompletionPort {
    /// The operations that an edge lets go on, and the descriptor's number, which is held for them.
    private struct DueCalls {
        var registration: UInt32 = 0
        var reader: UInt32 = 0
        var writer: UInt32 = 0
        var descriptor: Int32 = -1
    }

    /// Acts on a batch of events, in their order.
    ///
    /// Whoever submitted an operation has written it last, and its registration, as a rule another
    /// poller and a batch ago. So a registration is asked for some events ahead, and an operation
    /// before the call for the event in front of it. That event's performer is this thread, too: an
    /// edge, a cancellation or a closing that comes between the two steps finds the operation being
    /// performed, and leaves it to this thread, as it does during the call itself.
    func handle(
        _ events: [ReadinessEvent],
        at now: Instant,
        into ready: inout [UInt32],
        lane: ThreadLane
    ) {
        for event in events.prefix(CompletionPort.eventsAhead) { prefetch(event) }
        var last = DueCalls()
        var now = now
        for (index, event) in events.enumerated() {
            if (index + 1) % CompletionPort.eventsPerReading == 0 { now = .now }
            let ahead = index + CompletionPort.eventsAhead
            if ahead < events.count { prefetch(events[ahead]) }
            let next = note(event, lane: lane)
            perform(last, at: now, into: &ready, lane: lane)
            last = next
        }
        perform(last, at: now, into: &ready, lane: lane)
    }

    @inline(__always)
    private func prefetch(_ event: ReadinessEvent) {
        registrations.prefetch(UInt32(truncatingIfNeeded: event.key >> 32))
    }

    /// Tells the descriptor's state of the event; what may go on is the caller's to perform, soon.
    @inline(__always)
    private func note(_ event: ReadinessEvent, lane: ThreadLane) -> DueCalls {
        let generation = UInt32(truncatingIfNeeded: event.key)
        var due = DueCalls(registration: UInt32(truncatingIfNeeded: event.key >> 32))
        registrations.withRegistration(due.registration) { registration in
            // An edge of a connection that is read nearly always says that it may be written, too:
            // both under one lock. Each direction's user is counted before either call is made.
            (due.reader, due.writer, due.descriptor) = registration.state.withLock {
                state -> (UInt32, UInt32, Int32) in
                guard state.generation == generation else { return (0, 0, -1) }
                return (
                    event.read ? state.io.edge(.read, isEnd: event.isEnd) ?? 0 : 0,
                    event.write ? state.io.edge(.write, isEnd: event.isEnd) ?? 0 : 0,
                    state.descriptor
                )
            }
            if due.descriptor < 0 { lane.advance(.staleEvents) }
        }
        if due.reader != 0 { slots.prefetch(due.reader) }
        if due.writer != 0 { slots.prefetch(due.writer) }
        return due
    }

    /// Makes the calls.
    @inline(__always)
    private func perform(
        _ due: DueCalls,
        at now: Instant,
        into ready: inout [UInt32],
        lane: ThreadLane
    ) {
        guard due.reader | due.writer != 0 else { return }
        registrations.withRegistration(due.registration) { registration in
            let descriptor = due.descriptor
            if due.reader != 0 {
                passReady(due.reader, descriptor, at: now, lane: lane)
                perform(due.reader, registration, descriptor, .read, at: now, lane: lane) { slot in
                    ready.append(slot)
                }
            }
            if due.writer != 0 {
                passReady(due.writer, descriptor, at: now, lane: lane)
                perform(due.writer, registration, descriptor, .write, at: now, lane: lane) { slot in
                    ready.append(slot)
                }
            }
        }
    }

    /// The slot is the performer's: whoever ends the operation now leaves it to it.
    @inline(__always)
    private func passReady(_ slot: UInt32, _ descriptor: Int32, at now: Instant, lane: ThreadLane) {
        Hop.pass(
            .ready,
            subject: reference(slot).subject,
            argument: Int(descriptor),
            at: now.nanoseconds,
            on: lane,
            through: gate,
            place: reference(slot).place
        )
    }
}
