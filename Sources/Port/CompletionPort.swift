// SPDX-License-Identifier: Apache-2.0

package import Kernel
package import Synchronization
internal import SystemPackage
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
    /// Packets that one poller may be set to take at once; 1024 is what .NET receives in one call.
    package static let batchLimits = 1...1024
    /// What it takes if nothing else is said.
    ///
    /// What the leader has received is then still in its processor's cache when the continuations
    /// look at it.
    package static let usualBatch = 64
    /// Most timers handled between two looks at the kernel.
    static let timerBatch = 1024

    /// Events whose calls, of a microsecond or two each, are stamped with one reading of the clock.
    static let eventsPerReading = 16
    /// Events before its own at which a registration's memory is asked for.
    static let eventsAhead = 4

    struct Timers: Sendable {
        var queue = TimerQueue()
        /// Until when the leader sleeps in the kernel; 0 while it does not.
        var sleepingUntil: UInt64 = 0
    }

    package let buffers: BufferPool
    let engine: PortEngine
    /// Relaxed: nothing is published with it; the next batch is as large as it says.
    private let batch = Atomic(CompletionPort.usualBatch)
    /// Whether the engine is the kernel's: its calls are then made directly, since looking into the
    /// choice would copy it.
    private let isKernel: Bool
    let slots = SlotPool(slotBytes: 96, counter: .slots)
    let registrations = RegistrationTable()
    let timers = Lock(Timers())
    let seats: Lock<Seats>
    let gate: HopGate
    let parkers: [PollerParker]
    /// Pollers have numbers from 1 to below this.
    var pollerCapacity: Int { parkers.count }
    /// Whether a call that succeeds at once skips the packet, as FILE_SKIP_COMPLETION_PORT_ON_SUCCESS.
    package let skipOnSuccess = Atomic<Bool>(true)
    let isClosed = Atomic<Bool>(false)
    /// The leader has timers to wait for, but the clock stands.
    let waitsForWorldTime = Atomic<Bool>(false)
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
        precondition(MemoryLayout<OperationSlot>.size <= 96)
        self.engine = engine
        if case .epoll = engine { isKernel = true } else { isKernel = false }
        self.gate = gate
        seats = Lock(Seats(concurrency: concurrency))
        parkers = (0..<pollerCapacity).map { _ in PollerParker() }
        buffers = BufferPool(currentLane: currentLane)
    }

    /// Objects that every operation of every thread uses, without the port itself.
    package var parts: [AnyObject] { [slots, registrations, buffers, buffers.slots] }

    /// Most packets that a poller takes at once, and most events that the leader receives at once.
    package var batchLimit: Int {
        get { batch.load(ordering: .relaxed) }
        set {
            let limits = CompletionPort.batchLimits
            batch.store(
                min(max(limits.lowerBound, newValue), limits.upperBound),
                ordering: .relaxed
            )
        }
    }

    func reference(_ slot: UInt32) -> OperationReference {
        unsafe OperationReference(
            slot: slot,
            memory: slots.address(of: slot).assumingMemoryBound(to: OperationSlot.self)
        )
    }

    /// The most packets that have waited since the last call.
    package func takePeak() -> Int {
        seats.withLock { seats in
            defer { seats.resetPeak() }
            return seats.packetPeak
        }
    }

    @inline(__always)
    func receive(
        _ fd: Int32,
        into memory: UnsafeMutableRawPointer,
        count: Int
    ) throws(Errno) -> Int {
        isKernel
            ? try unsafe Socket.receive(fd, into: memory, count: count)
            : try unsafe engine.receive(fd, into: memory, count: count)
    }

    @inline(__always)
    func send(_ fd: Int32, from memory: UnsafeRawPointer, count: Int) throws(Errno) -> Int {
        isKernel
            ? try unsafe Socket.send(fd, from: memory, count: count)
            : try unsafe engine.send(fd, from: memory, count: count)
    }

    /// What waits where, for the snapshot: packets, the leader, running pollers.
    package var seating:
        (
            queued: Int, leader: Int?, running: Int, blocked: Int, waiting: Int, concurrency: Int
        )
    {
        seats.withLock {
            (
                $0.packets.count, $0.isLeaderInKernel ? $0.leaderNumber : nil, $0.running,
                $0.blocked, $0.waiters.count, $0.concurrency
            )
        }
    }

    /// Whether packets wait, timers are due, or the kernel has something to tell.
    package func hasWork(at now: Instant) -> Bool {
        if seats.withLock({ !$0.packets.isEmpty }) { return true }
        if let due = timers.withLock({ $0.queue.earliest }), due <= now.nanoseconds { return true }
        return engine.isReady
    }

    /// Timers in the heap: sleeps, and deadlines of operations that are pending.
    package var timerCount: Int { timers.withLock { $0.queue.count } }
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
