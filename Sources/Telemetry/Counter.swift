// SPDX-License-Identifier: Apache-2.0

/// What every thread counts for itself.
///
/// Sums over all threads are the numbers on the screen.
@usableFromInline
package enum Counter: Int, CaseIterable, Sendable {
    /// Operations handed to the port.
    case submitted
    /// Slots in use: +1 by the slot pool at allocation, -1 at free. One thread's share may be
    /// negative; the sum is the number in flight.
    case slots
    case completed
    case failed
    case cancelled
    case timedOut
    /// Part of `completed`.
    case synchronous
    /// Part of `completed`.
    case raced
    /// Slots in the timer heap (+1, -1).
    case timers
    /// Operations that wait for a readiness edge (+1, -1).
    case armed
    /// Packets that entered the port.
    case packets
    /// Packets whose operation has been resumed.
    case dequeued
    case machinesStarted
    case machinesFinished
    /// Machines in flight that have a slot (+1, -1), counted by the registry's own slot pool.
    case machines
}

/// What only grows and stands in no law: counted without a section, read at any time.
@usableFromInline
package enum Progress: Int, CaseIterable, Sendable {
    /// Packets that a poller took.
    case packetsTaken
    /// Readiness events for registrations that are gone.
    case staleEvents
    /// Continuations handed to an executor.
    case resumed
    /// Work items that ran.
    case executed
    /// Work items taken from another worker's queue.
    case stolen
    /// Times that a worker went to sleep for want of work.
    case waits
    /// Continuations that ran in place on a poller.
    case inlined
    /// Nanoseconds in which the thread did not wait.
    case busyNanoseconds
    /// Nanoseconds in which user code held a poller.
    case userNanoseconds
}

/// A table of counters by number, for what is counted by await site or by function.
@usableFromInline
package enum Tally: Int, CaseIterable, Sendable {
    /// Operations that wait, by await site (+1, -1).
    case waiting
    /// Operations that ended, by await site.
    case done
    /// Machines in flight, by function (+1, -1).
    case machines
    /// Of them, those that are suspended, but not in an operation of the port (+1, -1).
    case suspended
    /// Machines in flight, by the chain of their frames (+1, -1).
    case chains
    /// Times that a machine went from one chain to another, by pair of chains.
    case transitions

    /// Sites and functions beyond this many share the last row.
    @inlinable package static var rows: Int { 256 }

    /// As many as there are cases.
    @inlinable static var count: Int { 6 }
}
