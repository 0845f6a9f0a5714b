// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Pool
internal import Port
internal import Telemetry

/// What a runtime knows of one thread that calls it.
// INVARIANT: the mutable properties are touched by the context's own thread only. `ThreadContexts`
// keeps the context alive for as long as the thread's word points to it.
@safe final class ThreadContext: @unchecked Sendable {
    let lane: ThreadLane
    let worker: Worker?
    let poller: Poller?
    /// `worker`, for calls that count no reference to it.
    private let workerReference: Uncounted<Worker>?
    /// What the thread's continuations are captured by; of a worker only while it runs work of the
    /// limited scheduler.
    var scheduler: SchedulerName?
    /// Where the continuation that this thread is about to resume wants to go on; `nil` where
    /// nothing is being resumed for an operation.
    var resumption: Resumption?
    /// Jobs that were placed on this poller and wait for the batch to be delivered.
    let inPlace = Unguarded<[UInt]>([])
    /// Changes with every job that this thread runs; unique among threads.
    var runSerial: UInt64
    /// Since when the machine that this thread runs has been running; see `StateMachineRegistry.ran`.
    var runningSince: UInt64 = 0
    /// What the clock said when the task that this thread runs began to await an operation.
    ///
    /// Its run ends with that; 0 where it has not, or has gone on. Before the first job of a batch in
    /// place, when those began.
    var awaitedAt: UInt64 = 0
    /// When the batch was taken that this poller is delivering; 0 outside of that.
    var batchTakenAt: UInt64 = 0
    /// The job that this thread runs; 0 between two.
    var runningJob: UInt = 0
    /// Whether that job is the one by which `Task.yield` comes back, which only enqueues its task.
    var isYieldJob = false
    /// Whether the task that this thread runs has ended in this run.
    var hasEnded = false
    /// The slot of the machine that this thread runs; 0 while it has none.
    var runningSlot: UInt32 = 0
    /// Rows for the machines that this thread is the first to see.
    var rowBudget = RowBudget()
    let sites = AwaitSites.Cache()

    init(
        lane: ThreadLane,
        worker: Worker? = nil,
        poller: Poller? = nil,
        scheduler: SchedulerName? = nil
    ) {
        self.lane = lane
        self.worker = worker
        workerReference = worker.map { Uncounted($0) }
        self.poller = poller
        self.scheduler = scheduler
        runSerial = UInt64(ThreadLocal.number) << 40
    }

    /// Calls `body` with the thread's worker, without counting a reference to it; `nil` where it has
    /// none.
    @inline(__always)
    func withWorker<Result>(_ body: (Worker) -> Result) -> Result? {
        workerReference?.with(body)
    }

    /// As `/proc` shows it.
    var threadName: String {
        switch lane.kind {
        case .worker: "worker-\(lane.number)"
        case .poller: "poller-\(lane.number)"
        case .scheduler: scheduler?.threadName ?? ""
        case .other: CurrentThread.name
        }
    }

    func setState(_ state: Worker.State, at now: Instant) {
        lane.setState(state.rawValue, at: now.nanoseconds)
    }

    /// The next job in place, and the one after it; `nil` when there are no more.
    ///
    /// `next` counts those that were taken, which are removed a thousand at a time.
    @inline(__always)
    func takeInPlace(_ next: inout Int) -> (bits: UInt, following: UInt?)? {
        inPlace.withValue { jobs in
            if next == ThreadContext.removedAtOnce {
                jobs.removeFirst(next)
                next = 0
            }
            guard next < jobs.count else {
                jobs.removeAll(keepingCapacity: true)
                return nil
            }
            defer { next += 1 }
            return (jobs[next], next + 1 < jobs.count ? jobs[next + 1] : nil)
        }
    }

    private static let removedAtOnce = 1024

    /// What the clock said when the job that ran last awaited an operation, if its run ended with that.
    @inline(__always)
    var reading: Instant? { awaitedAt == 0 ? nil : Instant(nanoseconds: awaitedAt) }

    /// When what this thread enqueues now is enqueued, in nanoseconds.
    ///
    /// The job of a yield does nothing else: it is still the time it began. What a batch of packets lets
    /// go on has been waiting for its turn since the batch was taken.
    @inline(__always)
    var enqueuingTime: UInt64 {
        if batchTakenAt != 0 { return batchTakenAt }
        return isYieldJob ? runningSince : Instant.now.nanoseconds
    }

    /// Takes a row for a machine that is enqueued now, see ``RowBudget/take(_:)``.
    @inline(__always)
    func takeRow() -> UInt64? {
        // Copied: an access in place would be checked for others at every call, for 10 ns.
        var budget = rowBudget
        let now = budget.take { enqueuingTime }
        rowBudget = budget
        return now
    }

    /// Takes a row at a time that is known.
    @inline(__always)
    func takeRow(at now: UInt64) -> Bool {
        var budget = rowBudget
        let isTaken = budget.take(at: now)
        rowBudget = budget
        return isTaken
    }

    var origin: Placement.Origin {
        switch lane.kind {
        case .worker: .worker
        case .poller: .poller
        case .scheduler: .scheduler
        case .other: .other
        }
    }
}
