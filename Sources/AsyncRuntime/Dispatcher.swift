// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Pool
internal import Port
internal import Synchronization
internal import Telemetry

/// Where port and pool meet: resumes what packets complete, runs what workers find.
@safe final class Dispatcher: PollerDelegate, WorkerDelegate {
    private let executor: PoolTaskExecutor
    private let gate: HopGate
    /// The executor's name, which does not keep it; it lives as long as the dispatcher.
    private let executorName: UnownedTaskExecutor
    private let contexts: ThreadContexts
    /// The same, for what is done with each packet.
    private let uncountedContexts: Uncounted<ThreadContexts>
    private let port: CompletionPort
    private let pool: WorkerPool
    private let packetWaits: PacketWaits
    private let log: EventLog
    /// The threads that the gate thread looks after beside the pool's; set before the first tick.
    private let pollers = Lock(Pollers())

    private struct Pollers {
        weak var threads: PollerThreads?
    }

    init(executor: PoolTaskExecutor, packetWaits: PacketWaits, log: EventLog) {
        self.packetWaits = packetWaits
        self.executor = executor
        gate = executor.gate
        unsafe executorName = executor.asUnownedTaskExecutor()
        contexts = executor.contexts
        uncountedContexts = Uncounted(contexts)
        port = executor.port
        pool = executor.pool
        self.log = log
    }

    func makeLane(kind: ThreadLane.Kind, number: Int) -> ThreadLane {
        contexts.lanes.make(kind: kind, number: number)
    }

    // MARK: Pollers

    func pollerStarted(_ poller: Poller) {
        contexts.attach(ThreadContext(lane: poller.lane, poller: poller))
        let reason = poller.reason.map { ", \($0): user code holds all others" } ?? ""
        log.append("IOThreadCreate", "poller-\(poller.number)\(reason)")
    }

    func pollerDismissed(_ poller: Poller, _ reason: String) {
        log.append("IOThreadRetire", "poller-\(poller.number), \(reason)")
    }

    func pollerEnded(_ poller: Poller) {
        gate.rests(poller.lane)
        log.append("IOThreadTerminate", "poller-\(poller.number)")
        contexts.detach()
    }

    /// The tasks and their machines are asked for before they are resumed: another thread, as a rule,
    /// has run them last.
    func taken(_ batch: [OperationReference], on poller: Poller) {
        contexts.withCurrent { $0.batchTakenAt = poller.lane.state.since }
        if batch.count > 1 { forEachTask(batch) { TaskLayout.prefetch($0) } }
        packetWaits.record(batch, takenAt: poller.lane.state.since, lane: poller.lane)
        guard batch.count > 1 else { return }
        forEachTask(batch) { task in
            TaskLayout.prefetchResult(task)
            executor.registry.prefetch(task)
        }
    }

    /// Calls `body` with the tasks that the packets will resume.
    @inline(__always)
    private func forEachTask(_ batch: [OperationReference], _ body: (UInt) -> Void) {
        guard executor.knowsTasks else { return }
        for operation in batch where operation.role == .continuation { body(operation.contexts.0) }
    }

    func deliver(_ operation: OperationReference, on poller: Poller) {
        let packet = port.unpack(operation, on: poller.lane)
        let words = packet.words
        let completion = Completion(outcome: packet.outcome, buffer: packet.bufferNumber)
        Hop.pass(
            .placed,
            subject: packet.subject,
            argument: Int(truncatingIfNeeded: words.1),
            at: packet.queuedAt,
            on: poller.lane,
            through: gate,
            place: packet.place
        )
        switch packet.role {
        case .continuation:
            uncountedContexts.with {
                $0.withCurrent { context in
                    context.resumption = Resumption(word: words.1)
                    // Calls `PoolTaskExecutor.enqueue` on this thread, unless the task has not suspended.
                    unsafe unsafeBitCast(words.0, to: UnsafeContinuation<Completion, Never>.self)
                        .resume(returning: completion)
                    context.resumption = nil
                }
            }
        case .job:
            executor.enqueueDue(words.0)
        case .closure:
            let item = WorkItem(words: words)
            // At shutdown a timer that is not due is dropped, not run early.
            if case .value = completion.outcome { pool.enqueueGlobal(item) } else { item.discard() }
        }
    }

    func delivered(on poller: Poller) {
        contexts.withCurrent { context in
            context.batchTakenAt = 0
            let count = context.inPlace.withValue { $0.count }
            guard count > 0 else { return }
            // User code may hold the poller: somebody should look after those who wait for it.
            pool.wakeGate()
            // Once a batch: how long the poller has been away counts from its first continuation.
            let now = Instant.now
            port.beforeInline(poller, backlog: count > 1, now: now)
            context.awaitedAt = now.nanoseconds
            // A flat loop: a continuation that completes another one appends it.
            var next = 0
            while let (bits, following) = context.takeInPlace(&next) {
                if let following { executor.prefetchFrames(following) }
                unsafe executor.run(bits, on: context, as: executorName, at: context.reading)
                poller.lane.advance(.inlined)
            }
        }
    }

    func pollerFailedToStart(_ poller: Poller, _ reason: String) {
        contexts.lanes.retire(poller.lane)
        log.append("IOThreadCreate", "poller-\(poller.number) could not be created: \(reason)")
    }

    /// Gives back what packets carry that no poller will take, after the last one has left.
    func discardPackets() {
        let lane = contexts.current.lane
        port.discardPackets(on: lane) { operation in
            if operation.role == .closure { WorkItem(words: operation.contexts).discard() }
        }
    }

    // MARK: Workers

    func workerStarted(_ worker: Worker) {
        contexts.attach(ThreadContext(lane: worker.lane, worker: worker))
        log.append("ThreadPoolWorkerThreadStart", "worker-\(worker.number)")
    }

    func workerRests(_ worker: Worker) {
        gate.rests(worker.lane)
    }

    func workerEnded(_ worker: Worker) {
        gate.rests(worker.lane)
        log.append("ThreadPoolWorkerThreadStop", "worker-\(worker.number)")
        contexts.detach()
    }

    func workerFailedToStart(_ worker: Worker, _ reason: String) {
        contexts.lanes.retire(worker.lane)
        log.append(
            "ThreadPoolWorkerThreadStart",
            "worker-\(worker.number) could not be created: \(reason)"
        )
    }

    func run(jobBits: UInt, on worker: Worker) {
        contexts.withCurrent { unsafe executor.run(jobBits, on: $0, as: executorName) }
    }

    /// Port and pool do not know each other; the gate thread looks after both.
    func gateTicked(at now: Instant) -> Bool {
        pollers.withLock { $0.threads }?.look(at: now) ?? true
    }

    func looksAfter(_ threads: PollerThreads) {
        pollers.withLock { $0.threads = threads }
    }

    func goalChanged(from: Int, to: Int, reason: AdjustmentReason, throughput: Double) {
        log.appendAdjustment(from: from, to: to, reason: reason.rawValue, throughput: throughput)
    }

    func throughputSampled(_ measurement: HillClimbing.Measurement) {
        log.append(sample: measurement)
    }
}

/// What a continuation is resumed with.
struct Completion: Sendable {
    var outcome: OperationOutcome
    /// Number of the buffer that a read filled; 0 for none.
    var buffer: UInt32
}
