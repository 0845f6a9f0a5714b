// SPDX-License-Identifier: Apache-2.0

package import Kernel
internal import Synchronization
package import Telemetry

/// One worker thread, as it looks from everywhere.
package final class Worker: Sendable {
    /// What the thread does, as its lane says it.
    package enum State: UInt8, Sendable {
        case running = 1
        case blocked
        case spinning
        case parked
        case leaving
    }

    /// 1 and up; the thread is called `worker-N`.
    package let number: Int
    package let lane: ThreadLane
    let parker = Parker()
    let queue: WorkStealingQueue
    /// Whether it blocks, and the pool was told to make up for it; the worker's own.
    let isMadeUpFor = Atomic<Bool>(false)

    /// Whether it was woken without a release, to wait with another time-out.
    let isRecalled = Atomic<Bool>(false)

    /// What the clock said last, if only the search for an item has come since; the worker's own.
    ///
    /// 0 for nothing.
    private let reading = Atomic<UInt64>(0)

    init(number: Int, lane: ThreadLane, queue: WorkStealingQueue) {
        self.number = number
        self.lane = lane
        self.queue = queue
    }

    /// Whether it was recalled since it was asked last.
    ///
    /// Relaxed: the wake-up orders the mark, which was set before it.
    @inline(__always)
    func takeRecall() -> Bool {
        guard isRecalled.load(ordering: .relaxed) else { return false }
        isRecalled.store(false, ordering: .relaxed)
        return true
    }

    /// Takes what the clock said a moment ago, if nothing but the search for an item has come since.
    ///
    /// The clock is the dearest part of a short item: the end of one is the beginning of the next.
    package func takeReading() -> Instant? {
        let nanoseconds = reading.load(ordering: .relaxed)
        guard nanoseconds != 0 else { return nil }
        reading.store(0, ordering: .relaxed)
        return Instant(nanoseconds: nanoseconds)
    }

    /// Keeps what the clock just said, `nil` for nothing, for the next item.
    package func keepReading(_ now: Instant?) {
        reading.store(now?.nanoseconds ?? 0, ordering: .relaxed)
    }

    package func setState(_ state: State, at now: Instant) {
        lane.setState(state.rawValue, at: now.nanoseconds)
    }

    /// Items in its own queue.
    package var localCount: Int { queue.count }
}

/// What worker threads do with jobs; the executor's part of the picture.
package protocol WorkerDelegate: AnyObject, Sendable {
    /// Makes the lane of a new thread.
    func makeLane(kind: ThreadLane.Kind, number: Int) -> ThreadLane
    /// On the new thread, before its first item.
    func workerStarted(_ worker: Worker)
    /// Runs a job, given by its bits, to its next suspension.
    func run(jobBits: UInt, on worker: Worker)
    /// On the thread: it has found nothing to do and is about to sleep.
    func workerRests(_ worker: Worker)
    /// Its thread could not be created; nothing runs on it.
    func workerFailedToStart(_ worker: Worker, _ reason: String)
    /// On the thread, after its last item.
    func workerEnded(_ worker: Worker)
    /// The gate thread's look, twice a second; returns whether there is nothing to look after.
    func gateTicked(at now: Instant) -> Bool
    /// The goal changed; `throughput` is the items a second that were run with the old one.
    func goalChanged(from: Int, to: Int, reason: AdjustmentReason, throughput: Double)
    /// Hill climbing has used a sample.
    func throughputSampled(_ measurement: HillClimbing.Measurement)
}

extension WorkerDelegate {
    package func workerRests(_ worker: Worker) {}

    package func throughputSampled(_ measurement: HillClimbing.Measurement) {}
}

/// Why the goal changed: .NET's words, and `Key` for a hand at the keyboard.
package enum AdjustmentReason: String, CaseIterable, Sendable {
    case warmup = "Warmup"
    case initializing = "Initializing"
    case climbingMove = "ClimbingMove"
    case stabilizing = "Stabilizing"
    case starvation = "Starvation"
    case threadTimedOut = "ThreadTimedOut"
    case cooperativeBlocking = "CooperativeBlocking"
    case key = "Key"
}
