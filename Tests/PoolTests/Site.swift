// SPDX-License-Identifier: Apache-2.0

import Kernel
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Pool

/// A pool whose jobs are numbers, and what became of them.
final class Site: WorkerDelegate {
    let pool: WorkerPool
    let takes: Takes
    let lanes = Lanes()
    let started = Atomic<Int>(0)
    let ended = Atomic<Int>(0)
    /// Most jobs that ever ran at once.
    let peak = Atomic<Int>(0)
    private let now = Atomic<Int>(0)
    private let changes = Lock<[String]>([])
    private let hooks = Lock(Hooks())

    private struct Hooks {
        var before: @Sendable (Int) -> Void = { _ in }
        var fanOut: @Sendable (Int) -> [Int] = { _ in [] }
        var during: @Sendable (Int, Worker) -> Void = { _, _ in }
    }

    /// A pool whose goal moves for the reasons in `switches` only: by default, none.
    init(
        items: Int,
        minimum: Int,
        maximum: Int = 64,
        switches: GoalAdjustment.Switches = .none,
        idleTimeout: Duration = .seconds(60)
    ) {
        takes = Takes(items)
        pool = WorkerPool(
            minimum: minimum,
            maximum: maximum,
            switches: switches,
            idleTimeout: idleTimeout
        )
        do {
            try pool.start(delegate: self)
        } catch {
            Issue.record("The gate thread could not be created: \(error)")
        }
    }

    /// Called with a job's number before it counts as run.
    var before: @Sendable (Int) -> Void {
        get { hooks.withLock { $0.before } }
        set { hooks.withLock { $0.before = newValue } }
    }

    /// The jobs that a job brings, into its own worker's queue.
    var fanOut: @Sendable (Int) -> [Int] {
        get { hooks.withLock { $0.fanOut } }
        set { hooks.withLock { $0.fanOut = newValue } }
    }

    /// Called with a job's number and its worker when it has brought its jobs.
    var during: @Sendable (Int, Worker) -> Void {
        get { hooks.withLock { $0.during } }
        set { hooks.withLock { $0.during = newValue } }
    }

    /// Changes of the goal, in words.
    var reasons: [String] { changes.withLock { $0 } }

    /// Waits for all items, stops the pool and looks at what remains.
    func finish(
        within limit: Duration = .seconds(60),
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let what = "all \(takes.count) items have run, \(pool.threadCounts.processing) work"
        try eventually(what, within: limit) { takes.total >= takes.count }
        pool.stop()
        let late = pool.join(until: Instant.now.advanced(by: .seconds(60)))
        #expect(late == [], sourceLocation: sourceLocation)
        #expect(takes.wrong == 0, sourceLocation: sourceLocation)
        #expect(pool.globalCount == 0, sourceLocation: sourceLocation)
        #expect(pool.highPriorityCount == 0, sourceLocation: sourceLocation)
        let (began, over) = (started.load(ordering: .relaxed), ended.load(ordering: .relaxed))
        #expect(began == over, sourceLocation: sourceLocation)
    }

    func makeLane(kind: ThreadLane.Kind, number: Int) -> ThreadLane {
        lanes.make(kind: kind, number: number)
    }

    func workerStarted(_ worker: Worker) {
        lanes.adopt(worker.lane)
        started.wrappingAdd(1, ordering: .relaxed)
    }

    func run(jobBits: UInt, on worker: Worker) {
        let running = now.wrappingAdd(1, ordering: .relaxed).newValue
        peak.max(running, ordering: .relaxed)
        let number = Int(jobBits)
        let hooks = hooks.withLock { $0 }
        hooks.before(number)
        for next in hooks.fanOut(number) {
            pool.enqueueLocal(WorkItem(jobBits: UInt(next)), on: worker)
        }
        hooks.during(number, worker)
        now.wrappingSubtract(1, ordering: .relaxed)
        takes.note(number)
    }

    func workerFailedToStart(_ worker: Worker, _ reason: String) {
        Issue.record("worker-\(worker.number) could not be created: \(reason)")
    }

    func workerEnded(_ worker: Worker) {
        ended.wrappingAdd(1, ordering: .relaxed)
    }

    func gateTicked(at now: Instant) -> Bool { true }

    func goalChanged(
        from: Int,
        to: Int,
        reason: AdjustmentReason,
        throughput: Double
    ) {
        changes.withLock { $0.append("\(from) to \(to): \(reason.rawValue)") }
    }
}

/// Holds those who pass until it is opened.
final class Gate: Sendable {
    private let isOpen = Atomic<UInt32>(0)
    private let held = Atomic<Int>(0)

    /// How many came to it.
    var waiting: Int { held.load(ordering: .relaxed) }

    func pass() {
        held.wrappingAdd(1, ordering: .relaxed)
        while isOpen.load(ordering: .acquiring) == 0 { Futex.wait(isOpen, while: 0) }
    }

    func open() {
        isOpen.store(1, ordering: .releasing)
        Futex.wake(isOpen, count: .max)
    }
}

extension GoalAdjustment.Switches {
    static var none: GoalAdjustment.Switches {
        var switches = GoalAdjustment.Switches()
        switches.hillClimbing = false
        switches.cooperativeBlocking = false
        switches.starvationDetection = false
        switches.localHandOver = false
        return switches
    }
}
