// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

// What a slot holds.
extension StateMachineRegistry {
    /// What a machine does.
    enum State: UInt8 {
        case queued = 1
        case running
        /// Suspended, but not in an operation of this runtime: a child task, an actor, a stream.
        case suspended
        /// The last step of a story, and the state of a slot that is free.
        case ended
        /// The last step of a story that goes on in another runtime.
        case left
        /// Awaits an operation; its kind is added to this value.
        case waiting = 16
    }

    /// How a machine is related to the task it came from.
    enum Origin: UInt8 {
        case none
        case task
        case group
        case asyncLet
        /// The concurrency runtime's own, in which another one sleeps.
        case sleep
    }

    struct Slot: ~Copyable {
        let task: Atomic<UInt>
        let number: Atomic<UInt32>
        let hops: Atomic<UInt32>
        /// State and, in the low 56 bits, since when.
        let state: Atomic<UInt64>
        let startedAt: Atomic<UInt64>
        let running: Atomic<UInt64>
        let queued: Atomic<UInt64>
        let waiting: Atomic<UInt64>
        let site: Atomic<UInt16>
        let functionRow: Atomic<UInt16>
        let descriptor: Atomic<Int32>
        /// Kind and number of the lane that ran it last.
        let lastThread: Atomic<UInt32>
        /// Slot of the operation that it awaits or awaited last; of a stale number the port says so.
        let operation: Atomic<UInt32>
        /// The task it came from; 0 for none.
        let parent: Atomic<UInt32>
        /// The scheduler that ran it last, by the raw value of its name; 0 for the pool.
        let scheduler: Atomic<UInt8>
        /// How its last operation resumes it: the captured scheduler and, above, the options.
        let resumption: Atomic<UInt16>
        /// Its frames, by their number in `ResumeChains`.
        let chain: Atomic<UInt16>
        /// The function it started with, likewise.
        let startChain: Atomic<UInt16>
        /// The raw value of `Origin`.
        let origin: Atomic<UInt8>
        let priority: Atomic<UInt8>
        /// 1 while the frames are those in which it is suspended; 0 once it has run on.
        let hasPresentFrames: Atomic<UInt8>
    }
}
