// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Synchronization

// How many workers there are: everything that asks `GoalAdjustment` and does what it says.
extension WorkerPool {
    /// Dispatches this often look at the clock for the pool's sake, as in .NET.
    static let quantum = Duration.milliseconds(30)

    /// Asks the adjustment what follows from an event, sets the goal, and acts outside the lock.
    func adjust(_ body: (inout GoalAdjustment, ThreadCounts) -> GoalAdjustment.Move) {
        let (from, move) = adjustment.withLock { adjustment in
            let counts = threadCounts
            let move = body(&adjustment, counts)
            if let goal = move.goal { update { $0.goal = goal } }
            return (counts.goal, move)
        }
        tell(move.transitions, from: from)
        if let measurement = move.measurement {
            delegate.withLock { $0 }?.throughputSampled(measurement)
        }
        if move.wakesGate { gate.interrupt() }
        if move.addsWorker, request.isOutstanding {
            addWorkingWorker()
        }
    }

    func tell(_ transitions: [HillClimbing.Transition], from: Int) {
        guard !transitions.isEmpty, let delegate = delegate.withLock({ $0 }) else { return }
        var from = from
        for transition in transitions where transition.goal != from {
            delegate.goalChanged(
                from: from,
                to: transition.goal,
                reason: transition.reason,
                throughput: transition.meanThroughput
            )
            from = transition.goal
        }
    }

    // MARK: Workers

    /// A worker has run an item: twice in a while that is a reason to look at the throughput.
    ///
    /// Returns the coarse time.
    @inline(__always)
    func ranItem(_ quantumEnd: inout UInt64) {
        let now = Instant.coarse.nanoseconds
        if now >= quantumEnd {
            // A sign of life: whoever runs long items one after the other does not starve the pool.
            lastDequeue.store(now, ordering: .relaxed)
            quantumEnd = now + UInt64(WorkerPool.quantum.nanosecondsClamped)
        }
        if now >= nextSample.load(ordering: .relaxed) { sample() }
    }

    @inline(never)
    private func sample() {
        // One of those that see that a sample is due takes it; the others go on working.
        guard !isSampling.exchange(true, ordering: .acquiring) else { return }
        defer { isSampling.store(false, ordering: .releasing) }
        let completions = completions
        let now = Instant.now
        var interval = HillClimbing.retryInterval
        adjust { adjustment, counts in
            guard adjustment.switches.hillClimbing else { return GoalAdjustment.Move() }
            let (move, next) = adjustment.sample(at: now, completions: completions, counts: counts)
            interval = next
            return move
        }
        nextSample.store(now.advanced(by: interval).nanoseconds, ordering: .relaxed)
    }

    /// The worker that calls is about to block: another one may work in its place.
    ///
    /// Ended by ``workerUnblocks(_:)``, on the same thread.
    package func workerBlocks(_ worker: Worker) {
        let switches = adjustment.withLock { $0.switches }
        if switches.localHandOver { handOver(worker) }
        guard switches.cooperativeBlocking else { return }
        worker.isMadeUpFor.store(true, ordering: .relaxed)
        adjust { $0.block($1) }
    }

    /// The worker works again.
    package func workerUnblocks(_ worker: Worker) {
        guard worker.isMadeUpFor.exchange(false, ordering: .relaxed) else { return }
        adjust { $0.unblock($1) }
    }

    // MARK: The gate thread

    /// Carries out the blocking adjustment, if one is pending and its delay is over.
    ///
    /// Returns until when the gate thread has to wait before the next one.
    func settleBlocking(delayEnd: Instant?, now: Instant) -> Instant? {
        let (isPending, isDue) = adjustment.withLock {
            ($0.isBlockingPending, $0.isBlockingDue(at: now, delayEnd: delayEnd))
        }
        guard isPending else { return nil }
        guard isDue else { return delayEnd }
        let memory = MemoryUse.now
        let isRequested = request.isOutstanding
        var delay: Duration?
        adjust { adjustment, counts in
            var tick = BlockingAdjustment.Tick(
                counts: counts,
                limits: adjustment.limits,
                isRequested: isRequested,
                isDelayOver: delayEnd.map { now >= $0 } ?? false
            )
            tick.usedBytes = memory.usedBytes
            tick.limitBytes = memory.limitBytes
            let outcome = adjustment.settleBlocking(tick)
            delay = outcome.delay
            return outcome.move
        }
        return delay.map { now.advanced(by: $0) }
    }

    /// Half a second is over; returns whether nothing needs the gate thread.
    func tick(at now: Instant) -> Bool {
        let processorTime = ProcessStatus.processorTime
        let isAsked = request.isOutstanding
        let last = Instant(nanoseconds: lastDequeue.load(ordering: .relaxed))
        var isPending = false
        adjust { adjustment, counts in
            isPending = adjustment.isBlockingPending
            return adjustment.tick(
                at: now,
                processorTime: processorTime,
                processorCount: processorCount,
                counts: counts,
                sinceDequeue: now.duration(since: last),
                isRequested: isAsked
            )
        }
        // A thread that could not be created is tried again.
        let counts = threadCounts
        if isAsked, counts.processing < counts.goal { addWorkingWorker() }
        let isElseQuiet = delegate.withLock { $0 }?.gateTicked(at: now) ?? true
        return !isAsked && !isPending && isElseQuiet
    }

    /// There is something for the gate thread to look after.
    @inline(__always)
    package func wakeGate() { gate.wake() }

    // MARK: Settings

    /// Changes the limits: 1 up to `ThreadCounts.limit`.
    package func resize(minimum: Int, maximum: Int, reason: AdjustmentReason) {
        let low = min(max(1, minimum), ThreadCounts.limit)
        let high = min(max(low, maximum), ThreadCounts.limit)
        adjust { adjustment, counts in
            adjustment.resize(minimum: low, maximum: high, counts: counts, reason: reason)
        }
    }

    package var limits: (minimum: Int, maximum: Int) {
        adjustment.withLock { ($0.minimum, $0.maximum) }
    }

    package var switches: GoalAdjustment.Switches {
        get { adjustment.withLock { $0.switches } }
        set { adjustment.withLock { $0.switches = newValue } }
    }

    /// The hill climber's own numbers.
    package var hillClimbing: HillClimbing.Report {
        adjustment.withLock { adjustment in
            HillClimbing.Report(
                measurement: adjustment.hill.lastMeasurement,
                sampleCount: adjustment.hill.sampleCount,
                interval: adjustment.hill.interval,
                utilization: adjustment.utilization.percent
            )
        }
    }

    /// Workers that said that they block.
    package var blockedCount: Int { adjustment.withLock { $0.blocking.blockedCount } }
}
