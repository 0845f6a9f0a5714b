// SPDX-License-Identifier: Apache-2.0

@_spi(ExperimentalCustomExecutors) @_spi(ExperimentalScheduling) internal import _Concurrency
internal import Kernel
internal import Pool
internal import Port
internal import Synchronization
internal import Telemetry

/// Swift's view of the runtime: where tasks are enqueued, and who keeps their time.
///
/// `continuation.resume()` calls `enqueue` on the resuming thread; so the fork of the picture, where
/// a continuation runs, is one call of `Placement.choose` in here.
final class PoolTaskExecutor: TaskExecutor, SchedulingExecutor {
    /// The kind of job by which `Task.yield` comes back.
    private static let nullaryContinuation: UInt8 = 195

    let contexts: ThreadContexts
    let pool: WorkerPool
    let port: CompletionPort
    let registry: StateMachineRegistry
    let gate: HopGate
    let schedulers: Schedulers
    let placementSetting: PlacementSetting
    private let tracksMachines: Bool
    let knowsTasks = TaskLayout.isKnown

    init(
        contexts: ThreadContexts,
        pool: WorkerPool,
        port: CompletionPort,
        registry: StateMachineRegistry,
        gate: HopGate,
        schedulers: Schedulers,
        placement: Placement
    ) {
        self.contexts = contexts
        self.pool = pool
        self.port = port
        self.registry = registry
        self.gate = gate
        self.schedulers = schedulers
        placementSetting = PlacementSetting(placement)
        tracksMachines = registry.isTracking
    }

    /// Where continuations run; changes apply to the next one.
    var placement: Placement {
        get { placementSetting.value }
        set { placementSetting.value = newValue }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let kind = job.kind.rawValue
        let bits = unsafe unsafeBitCast(UnownedJob(job), to: UInt.self)
        contexts.withCurrent { context in
            let (captured, isNew) = accept(bits, kind, context)
            route(
                bits,
                context,
                isYield: kind == PoolTaskExecutor.nullaryContinuation,
                isSurplus: isNew && isSurplus(bits, context),
                captured: captured
            )
        }
    }

    /// A job that waited in the port as a timer is due.
    func enqueueDue(_ bits: UInt) {
        contexts.withCurrent { route(bits, $0, isYield: false, captured: nil) }
    }

    /// Tells the registry of a job that has come for the main thread.
    func accept(_ job: consuming ExecutorJob) -> UnownedJob {
        let kind = job.kind.rawValue
        let job = UnownedJob(job)
        let bits = unsafe unsafeBitCast(job, to: UInt.self)
        _ = contexts.withCurrent { accept(bits, kind, $0) }
        return job
    }

    /// Tells the registry of a task, which in turn tells on which scheduler it ran last, and whether
    /// it is new.
    ///
    /// Jobs of other kinds are the concurrency runtime's own, such as an actor's turn or the
    /// continuation of a yield. They are no machines.
    @inline(__always)
    private func accept(
        _ bits: UInt,
        _ kind: UInt8,
        _ context: ThreadContext
    ) -> (scheduler: SchedulerName?, isNew: Bool) {
        guard kind == TaskLayout.taskKind else { return (nil, false) }
        guard tracksMachines else { return (nil, knowsTasks && TaskLayout.entry(bits) != 0) }
        return registry.enqueued(bits, context)
    }

    /// Whether a new task belongs to a family that fills its worker's own queue.
    @inline(__always)
    private func isSurplus(_ task: UInt, _ context: ThreadContext) -> Bool {
        let isFull = context.withWorker { $0.localCount >= Placement.familyLimit }
        return isFull == true && TaskLayout.isInGroup(task)
    }

    /// What an operation has captured holds; for other awaits (a task's value, a group) it is the
    /// scheduler on which the machine ran last.
    @inline(__always)
    private func route(
        _ bits: UInt,
        _ context: ThreadContext,
        isYield: Bool,
        isSurplus: Bool = false,
        captured: SchedulerName?
    ) {
        context.lane.advance(.resumed)
        let resumption = context.resumption
        let setting = placement
        let fork = Placement.Fork(
            setting,
            on: context.origin,
            isYield: isYield,
            isSurplus: isSurplus,
            captured: placementSetting.held(resumption.map(\.captured) ?? captured, setting),
            options: resumption?.options ?? []
        )
        switch fork.choice {
        case .inPlace:
            context.inPlace.withValue { $0.append(bits) }
        case .localQueue:
            let done: Void? = context.withWorker {
                pool.enqueueLocal(WorkItem(jobBits: bits), on: $0)
            }
            if done == nil { pool.enqueueGlobal(WorkItem(jobBits: bits)) }
        case .globalQueue:
            pool.enqueueGlobal(WorkItem(jobBits: bits))
        case .scheduler(let name):
            schedulers.post(bits, to: name, for: self)
        }
    }

    /// Asks for what a job that is run next will need first.
    @inline(__always)
    func prefetchFrames(_ bits: UInt) {
        guard knowsTasks, TaskLayout.jobKind(bits) == TaskLayout.taskKind else { return }
        TaskLayout.prefetchFrames(bits)
    }

    /// Runs a job of the pool to its next suspension, on the calling thread.
    func run(_ bits: UInt, on context: ThreadContext) {
        unsafe run(bits, on: context, as: asUnownedTaskExecutor())
    }

    /// The same, for those who run many jobs and have asked once for the executor's name.
    ///
    /// `now` is what the clock said a moment ago, when the job before this one began to wait.
    @inline(__always)
    func run(
        _ bits: UInt,
        on context: ThreadContext,
        as name: UnownedTaskExecutor,
        at now: Instant? = nil
    ) {
        let job = unsafe unsafeBitCast(bits, to: UnownedJob.self)
        run(job, on: context, at: now) { job in unsafe job.runSynchronously(on: name) }
    }

    /// Keeps the books of one run of a job, which `body` makes.
    @inline(__always)
    func run(
        _ job: UnownedJob,
        on context: ThreadContext,
        at now: Instant? = nil,
        _ body: (UnownedJob) -> Void
    ) {
        let bits = unsafe unsafeBitCast(job, to: UInt.self)
        let lane = context.lane
        let startedAt = now ?? (context.withWorker { $0.takeReading() } ?? nil) ?? Instant.now
        let kind = TaskLayout.jobKind(bits)
        context.runSerial &+= 1
        context.runningSince = startedAt.nanoseconds
        context.runningJob = bits
        context.isYieldJob = kind == PoolTaskExecutor.nullaryContinuation
        context.withWorker { $0.setState(.running, at: startedAt) }
        context.hasEnded = false
        context.runningSlot = 0
        context.awaitedAt = 0
        let isMachine =
            tracksMachines && kind == TaskLayout.taskKind
            && registry.began(bits, at: startedAt.nanoseconds, context)
        Hop.pass(
            .began,
            subject: lane.machine.load(ordering: .relaxed),
            argument: 0,
            at: startedAt.nanoseconds,
            on: lane,
            through: gate,
            place: registry.place(context.runningSlot)
        )
        body(job)
        context.runningJob = 0
        context.isYieldJob = false
        guard isMachine else { return }
        let slot = context.runningSlot
        let number = lane.machine.load(ordering: .relaxed)
        lane.machine.store(0, ordering: .relaxed)
        guard context.hasEnded else {
            guard slot != 0 else { return }
            let now = registry.ran(slot, startedAt: context.runningSince, lane: lane)
            // Where it awaits an operation the clock was read for that.
            let reading = now ?? context.reading
            context.withWorker { $0.keepReading(reading) }
            return
        }
        // Stamped with the beginning of the run, for which the clock was read.
        Hop.pass(
            .ended,
            subject: number,
            argument: 0,
            at: startedAt.nanoseconds,
            on: lane,
            through: gate,
            place: registry.place(slot, ofFormer: number)
        )
    }

    // MARK: Delayed jobs, for `Task.sleep`

    func enqueue<C: Clock>(
        _ job: consuming ExecutorJob,
        after delay: C.Duration,
        tolerance: C.Duration?,
        clock: C
    ) {
        // The standard library's clocks both measure in `Duration`, and no others come here.
        schedule(job, after: delay as? Duration ?? .zero)
    }

    func enqueue<C: Clock>(
        _ job: consuming ExecutorJob,
        at instant: C.Instant,
        tolerance: C.Duration?,
        clock: C
    ) {
        schedule(job, after: clock.now.duration(to: instant) as? Duration ?? .zero)
    }

    private func schedule(_ job: consuming ExecutorJob, after delay: Duration) {
        let bits = unsafe unsafeBitCast(UnownedJob(job), to: UInt.self)
        let context = contexts.current
        let now = Instant.now
        let (site, functionRow) = context.sites.number(
            CallSite("Task.sleep", "Swift/Task.swift", 0),
            kind: .sleep,
            in: { registry.sites }
        )
        if tracksMachines {
            registry.schedules(
                bits,
                site: site,
                functionRow: functionRow,
                at: now.nanoseconds,
                context
            )
        }
        do throws(SlotPool.Exhausted) {
            let operation = try port.makeOperation(
                .sleep,
                on: nil,
                deadline: now.advanced(by: delay),
                site: site,
                subject: 0,
                role: .job,
                contexts: (bits, 0),
                lane: context.lane
            )
            port.submit(operation, to: nil, lane: context.lane, now: now)
        } catch {
            // Without a timer the job is due at once: late is impossible, never is worse.
            route(bits, context, isYield: true, captured: nil)
        }
    }
}
