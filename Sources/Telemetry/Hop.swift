// SPDX-License-Identifier: Apache-2.0

public import Synchronization

/// A hand-over of the picture: from user code to the port, to a poller, to a queue, to a worker.
///
/// Every hand-over makes one call, ``pass(_:subject:argument:at:on:)``. It counts, records the
/// event, and is the gate at which slow motion, pause and step hold the real thread that hands
/// over. With the gate open it costs one relaxed load beyond the count.
@usableFromInline
package enum Hop: UInt64, CaseIterable, Sendable {
    /// User code handed an operation to the port. Argument: descriptor.
    case submitted = 1
    /// A poller made the call that readiness announced, or a timer was due. Argument: result, or
    /// how it ended, as `PacketEvent` writes it.
    case performed
    /// A poller took a completion packet. Argument: result.
    case taken
    /// A continuation was handed to its executor. Argument: what its operation has captured.
    case placed
    /// A work item began to run. Argument: 0.
    case began
    /// A machine ended. Argument: 0.
    case ended
    /// epoll reported a descriptor, and the poller is about to make the call of an operation that
    /// waits for it. Argument: descriptor.
    case ready

    /// Passes one hop on the calling thread's lane, outside any counting section.
    ///
    /// `place` is asked for at a closed gate only.
    @inline(__always)
    @inlinable
    package static func pass(
        _ hop: Hop,
        subject: UInt64,
        argument: Int,
        at nanoseconds: UInt64,
        on lane: ThreadLane,
        through gate: HopGate,
        place: @autoclosure () -> AwaitPlace = AwaitPlace()
    ) {
        record(hop, subject: subject, argument: argument, at: nanoseconds, on: lane)
        // Relaxed: a hop that misses a gate that is just closing is a hop before it closed.
        if gate.closed.load(ordering: .relaxed) {
            gate.hold(hop, subject, argument, lane, place())
        }
    }

    /// Records one hop without asking the gate: for a thread that must not be held, since others
    /// wait for what it has.
    @inline(__always)
    @inlinable
    package static func record(
        _ hop: Hop,
        subject: UInt64,
        argument: Int,
        at nanoseconds: UInt64,
        on lane: ThreadLane
    ) {
        lane.events.append(
            Event(
                nanoseconds: nanoseconds,
                kind: hop.rawValue,
                subject: subject,
                argument: Int64(argument)
            )
        )
    }
}

/// What a hop's machine awaits, or awaited last.
@usableFromInline
package struct AwaitPlace: Sendable {
    /// Number of the place in the source; 0 for none.
    package let site: Int
    /// The operation's descriptor; -1 for none.
    package let descriptor: Int32

    @usableFromInline
    package init(site: Int = 0, descriptor: Int32 = -1) {
        self.site = site
        self.descriptor = descriptor
    }
}

/// A hop at a closed gate: what has just happened, and on whose thread.
package struct HeldHop: Sendable {
    package var hop: Hop
    package var subject: UInt64
    package var argument: Int
    /// The calling thread's.
    package var lane: ThreadLane
    package var place: AwaitPlace

    package init(
        hop: Hop,
        subject: UInt64,
        argument: Int,
        lane: ThreadLane,
        place: AwaitPlace = AwaitPlace()
    ) {
        self.hop = hop
        self.subject = subject
        self.argument = argument
        self.lane = lane
        self.place = place
    }
}

/// The gate of all hops of one runtime: open at full speed.
@usableFromInline
package final class HopGate: Sendable {
    @usableFromInline package let closed = Atomic<Bool>(false)
    private let holding: @Sendable (HeldHop) -> Void
    private let resting: @Sendable (ThreadLane) -> Void

    /// - Parameters:
    ///   - holding: called on the passing thread while the gate is closed; it returns when the hop
    ///     may go on. It must not hold a lock.
    ///   - resting: called on a thread that is about to sleep, while the gate is closed.
    package init(
        holding: @escaping @Sendable (HeldHop) -> Void,
        resting: @escaping @Sendable (ThreadLane) -> Void = { _ in }
    ) {
        self.holding = holding
        self.resting = resting
    }

    @inline(never)
    @usableFromInline
    func hold(
        _ hop: Hop,
        _ subject: UInt64,
        _ argument: Int,
        _ lane: ThreadLane,
        _ place: AwaitPlace
    ) {
        holding(
            HeldHop(hop: hop, subject: subject, argument: argument, lane: lane, place: place)
        )
    }

    /// The calling thread has nothing to do and is about to sleep: it will come to no hop until
    /// somebody wakes it.
    @inline(__always)
    package func rests(_ lane: ThreadLane) {
        // Relaxed, as in `Hop.pass`.
        if closed.load(ordering: .relaxed) { resting(lane) }
    }
}
