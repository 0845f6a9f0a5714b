// SPDX-License-Identifier: Apache-2.0

package import Kernel
internal import Synchronization
package import SystemPackage
internal import Telemetry

/// What an overlapped operation asks for.
package enum OperationKind: UInt8, CaseIterable, Sendable {
    case read = 1
    case write
    case accept
    case connect
    case sleep
    case post

    /// The word on the screen.
    package var name: String {
        switch self {
        case .read: "read"
        case .write: "write"
        case .accept: "accept"
        case .connect: "connect"
        case .sleep: "sleep"
        case .post: "post"
        }
    }

    /// Which direction of a descriptor it waits for; `nil` where it has none.
    package var direction: Direction? {
        switch self {
        case .read, .accept: .read
        case .write, .connect: .write
        case .sleep, .post: nil
        }
    }
}

/// One of the two directions of a descriptor.
package enum Direction: Sendable {
    case read, write
}

/// How an operation ended.
///
/// Exactly one of these happens to each.
package enum OperationOutcome: Equatable, Sendable {
    /// Bytes moved, or the number of the accepted descriptor; 0 where there is no figure.
    case value(Int)
    case failed(Errno)
    case cancelled
    case timedOut
    /// Its socket, or the port, was closed.
    case closed
}

/// Why an operation is ended from outside.
package enum EndReason: UInt8, Sendable {
    case cancelled = 1
    case timedOut
    case closed

    var outcome: OperationOutcome {
        switch self {
        case .cancelled: .cancelled
        case .timedOut: .timedOut
        case .closed: .closed
        }
    }
}

/// Where a slot's operation stands.
///
/// Packed with the slot's generation into one word, the stamp, so that a reader with a stale number
/// never mistakes the next operation for its own.
enum OperationPhase: UInt8, Sendable {
    /// Nobody's. Left by `CompletionPort.makeOperation`.
    case free
    /// Taken and being filled in by its submitter. Left by `submit`.
    case made
    /// Ended from outside before it was submitted; `submit` completes it at once.
    case ended
    /// In a descriptor's queue or in the timer heap. Left by whoever takes it out, under the lock
    /// that guards that queue or heap.
    case waiting
    /// Completed: its packet is in the port or with a poller. Left when the slot is freed.
    case done
}

/// The memory of one operation, in a slot that is used again and again.
///
/// Zero bytes are a valid free slot. Access: between `makeOperation` and `submit` the submitter's;
/// from then until it is taken out, whoever holds the lock of its queue or heap, and the performer
/// for the fields of the call; after that the one that took it out, until the poller frees it.
/// `stamp` and `registration` are atomics because a stale canceller may look at them at any time.
struct OperationSlot: ~Copyable {
    let stamp: Atomic<UInt64>
    let registration: Atomic<UInt32>
    var kind: UInt8
    var outcome: UInt8
    /// Await site, see `AwaitSites`.
    var site: UInt16
    /// Bytes that a write has to send.
    var count: Int
    /// An address of the caller for writes, a buffer number for reads.
    var buffer: UInt
    /// Bytes moved so far by a write that waits; the outcome's figure at the end.
    var result: Int
    /// Monotonic nanoseconds; 0 is no deadline.
    var deadline: UInt64
    var packetQueuedAt: UInt64
    var packetNumber: UInt64
    /// The owner's words: what to resume, and for whom.
    var context0: UInt
    var context1: UInt
    var subject: UInt64
    var descriptor: Int32
    var reason: UInt8
    var role: UInt8
    /// The row of the function that awaits, see `AwaitSites`.
    var functionRow: UInt16
}

/// What the owner's words of an operation are.
package enum OperationRole: UInt8, Sendable {
    /// The first word is a continuation to resume.
    case continuation
    /// The first word is a job to enqueue.
    case job
    /// Both words are a work item to enqueue.
    case closure
}

/// Names one operation for as long as it lives; afterwards it names nothing.
///
/// Of the slot's generation it has the low 32 bits: it would name another operation after exactly
/// 2^32 lives of the slot, while somebody holds it who was about to cancel the first of them.
package struct OperationToken: Equatable, Sendable {
    package let slot: UInt32
    let generation: UInt32

    init(slot: UInt32, generation: UInt32) {
        self.slot = slot
        self.generation = generation
    }

    /// The token in the low 54 bits of a word; the upper ten are 0.
    package var word: UInt64 { UInt64(slot) << 32 | UInt64(generation) }

    /// The token in a word whose upper ten bits are somebody else's.
    package init(word: UInt64) {
        slot = UInt32(truncatingIfNeeded: word >> 32) & (1 << 22 - 1)
        generation = UInt32(truncatingIfNeeded: word)
    }
}

/// An operation that the caller holds alone: being filled in, or taken out of the port.
// INVARIANT: the pointer is into slot memory that outlives every reference; the holder is alone.
@safe package struct OperationReference: @unchecked Sendable {
    package let slot: UInt32
    let memory: UnsafeMutablePointer<OperationSlot>

    var token: OperationToken {
        OperationToken(
            slot: slot,
            generation: unsafe UInt32(
                truncatingIfNeeded: memory.pointee.stamp.load(ordering: .relaxed) >> 8
            )
        )
    }

    var phase: OperationPhase {
        let stamp = unsafe memory.pointee.stamp.load(ordering: .relaxed)
        return OperationPhase(rawValue: UInt8(truncatingIfNeeded: stamp)) ?? .free
    }

    /// Where the operation stands that `token` names; `nil` if the slot is somebody else's by now.
    ///
    /// One load for both. Between two the operation may end and the slot be taken for another one,
    /// whose phase would then pass for that of the first.
    func phase(of token: OperationToken) -> OperationPhase? {
        // Acquiring; pairs with the releasing stores in `setPhase`.
        let stamp = unsafe memory.pointee.stamp.load(ordering: .acquiring)
        guard UInt32(truncatingIfNeeded: stamp >> 8) == token.generation else { return nil }
        return OperationPhase(rawValue: UInt8(truncatingIfNeeded: stamp))
    }

    func setPhase(_ phase: OperationPhase) {
        let stamp = unsafe memory.pointee.stamp.load(ordering: .relaxed)
        unsafe memory.pointee.stamp.store(
            stamp & ~0xff | UInt64(phase.rawValue),
            ordering: .releasing
        )
    }

    package var kind: OperationKind {
        guard let kind = unsafe OperationKind(rawValue: memory.pointee.kind) else {
            preconditionFailure("Slot \(slot) holds no operation.")
        }
        return kind
    }

    package var descriptor: Int32 { unsafe memory.pointee.descriptor }
    package var site: Int { unsafe Int(memory.pointee.site) }
    var place: AwaitPlace { AwaitPlace(site: site, descriptor: descriptor) }
    package var functionRow: Int { unsafe Int(memory.pointee.functionRow) }
    package var subject: UInt64 { unsafe memory.pointee.subject }
    package var contexts: (UInt, UInt) {
        unsafe (memory.pointee.context0, memory.pointee.context1)
    }
    package var role: OperationRole {
        unsafe OperationRole(rawValue: memory.pointee.role) ?? .continuation
    }
    package var packetNumber: UInt64 { unsafe memory.pointee.packetNumber }
    package var packetQueuedAt: Instant {
        unsafe Instant(nanoseconds: memory.pointee.packetQueuedAt)
    }
    /// Since when its packet could have been taken, had a poller been there.
    ///
    /// Of a sleep since it was due. When a descriptor became ready, while no poller asked, the kernel
    /// does not tell.
    package var completeSince: Instant {
        let deadline = unsafe memory.pointee.deadline
        let isDue = kind == .sleep && deadline != 0
        return isDue ? min(packetQueuedAt, Instant(nanoseconds: deadline)) : packetQueuedAt
    }
    /// Number of the buffer that holds what a read received; 0 where there is none.
    package var bufferNumber: UInt32 { unsafe UInt32(truncatingIfNeeded: memory.pointee.buffer) }

    package var outcome: OperationOutcome {
        let result = unsafe memory.pointee.result
        switch unsafe memory.pointee.outcome {
        case 0: return .value(result)
        case 1: return .failed(Errno(rawValue: Int32(truncatingIfNeeded: result)))
        case 2: return .cancelled
        case 3: return .timedOut
        default: return .closed
        }
    }

    func setOutcome(_ outcome: OperationOutcome) {
        switch outcome {
        case .value(let value):
            unsafe memory.pointee.outcome = 0
            unsafe memory.pointee.result = value
        case .failed(let error):
            unsafe memory.pointee.outcome = 1
            unsafe memory.pointee.result = Int(error.rawValue)
        case .cancelled: unsafe memory.pointee.outcome = 2
        case .timedOut: unsafe memory.pointee.outcome = 3
        case .closed: unsafe memory.pointee.outcome = 4
        }
    }
}
