// SPDX-License-Identifier: Apache-2.0

import Kernel

@testable import Pool

/// A pool in manual time: the real goal adjustment and the gate thread's real schedule and budget;
/// workers are counts, and take as long as is said.
///
/// Work never ends: each worker that comes takes an item at once, and is held by it.
struct SimulatedPool {
    /// What an item does to its worker.
    enum Item {
        /// It says that it blocks, and blocks.
        case blocksAndSaysSo
        /// It holds its worker, and nobody knows.
        case holds
    }

    private(set) var now = Instant(nanoseconds: 1_000_000_000)
    private(set) var counts: ThreadCounts
    private(set) var adjustment: GoalAdjustment
    private var schedule: GateSchedule
    private var budget = GateBudget()
    private var isGateParked = true
    private var lastDequeue: Instant
    private var items: (Int) -> Item
    private var taken = 0
    private(set) var isRequested = false
    /// Milliseconds since the start at which the goal became that high.
    private(set) var times: [Int: Int] = [:]
    private(set) var reasons: [AdjustmentReason] = []

    init(
        processors: Int,
        switches: GoalAdjustment.Switches = GoalAdjustment.Switches(),
        items: @escaping (Int) -> Item
    ) {
        counts = ThreadCounts(processing: 0, existing: 0, goal: processors)
        adjustment = GoalAdjustment(
            minimum: processors,
            maximum: ThreadCounts.limit,
            switches: switches,
            processorCount: processors,
            now: now
        )
        schedule = GateSchedule(start: now)
        lastDequeue = now
        self.items = items
    }

    var milliseconds: Int { Int((now.nanoseconds - 1_000_000_000) / 1_000_000) }

    /// Work comes.
    mutating func enqueue() {
        isRequested = true
        wakeGate()
        addWorkers()
    }

    /// Lets time go by, from one deadline of the gate thread to the next.
    mutating func run(milliseconds: Int) {
        let end = now.advanced(by: .milliseconds(milliseconds))
        while !isGateParked, schedule.deadline <= end {
            now = max(now, schedule.deadline)
            wakeUp()
        }
        now = end
    }

    /// Workers block no more, and leave.
    mutating func unblock(_ count: Int) {
        for _ in 0..<count {
            counts.processing -= 1
            follow(adjustment.unblock(counts))
        }
    }

    /// All work is gone.
    mutating func clear() { isRequested = false }

    /// As `GateThread.run`, between two parks.
    private mutating func wakeUp() {
        settleBlocking()
        guard schedule.takeTick(at: now) else { return }
        follow(
            adjustment.tick(
                at: now,
                processorTime: .zero,
                processorCount: adjustment.minimum,
                counts: counts,
                sinceDequeue: now.duration(since: lastDequeue),
                isRequested: isRequested
            )
        )
        isGateParked = budget.endTick(
            isRequested: isRequested,
            isBlockingPending: adjustment.isBlockingPending
        )
    }

    /// As `WorkerPool.settleBlocking`.
    private mutating func settleBlocking() {
        guard adjustment.isBlockingDue(at: now, delayEnd: schedule.delayEnd) else { return }
        let tick = BlockingAdjustment.Tick(
            counts: counts,
            limits: adjustment.limits,
            isRequested: isRequested,
            isDelayOver: schedule.delayEnd.map { now >= $0 } ?? false
        )
        let (move, delay) = adjustment.settleBlocking(tick)
        schedule.delayEnd = delay.map { now.advanced(by: $0) }
        follow(move)
    }

    private mutating func follow(_ move: GoalAdjustment.Move) {
        if let goal = move.goal {
            counts.goal = goal
            times[goal] = times[goal] ?? milliseconds
        }
        reasons += move.transitions.map(\.reason)
        if move.addsWorker { addWorkers() }
        if move.wakesGate {
            wakeGate()
            settleBlocking()
        }
    }

    private mutating func wakeGate() {
        guard budget.wake() else { return }
        isGateParked = false
        schedule = GateSchedule(start: now)
    }

    /// Growth is a chain: each worker takes an item, and asks for the next worker.
    private mutating func addWorkers() {
        while isRequested, counts.addWorking() != .none {
            lastDequeue = now
            taken += 1
            if case .blocksAndSaysSo = items(taken) { follow(adjustment.block(counts)) }
        }
    }

    var isParked: Bool { isGateParked }
}
