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
    /// A poller made the call that readiness announced, or a timer was due. Argument: result.
    case performed
    /// A poller took a completion packet. Argument: result.
    case taken
    /// A continuation was handed to its executor. Argument: placement.
    case placed
    /// A work item began to run. Argument: 0.
    case began
    /// A machine ended. Argument: 0.
    case ended

    /// Passes one hop on the calling thread's lane, outside any counting section.
    @inline(__always)
    @inlinable
    package static func pass(
        _ hop: Hop,
        subject: UInt64,
        argument: Int,
        at nanoseconds: UInt64,
        on lane: ThreadLane,
        through gate: HopGate
    ) {
        lane.events.append(
            Event(
                nanoseconds: nanoseconds,
                kind: hop.rawValue,
                subject: subject,
                argument: Int64(argument)
            )
        )
        // Relaxed: a hop that misses a gate that is just closing is a hop before it closed.
        if gate.closed.load(ordering: .relaxed) { gate.hold(hop, subject: subject) }
    }
}

/// The gate of all hops of one runtime: open at full speed.
@usableFromInline
package final class HopGate: Sendable {
    @usableFromInline package let closed = Atomic<Bool>(false)
    private let holding: @Sendable (Hop, UInt64) -> Void

    /// - Parameter holding: called on the passing thread while the gate is closed; it returns when
    ///   the hop may go on. It must not hold a lock.
    package init(holding: @escaping @Sendable (Hop, UInt64) -> Void) {
        self.holding = holding
    }

    @inline(never)
    @usableFromInline
    func hold(_ hop: Hop, subject: UInt64) {
        holding(hop, subject)
    }
}
