// SPDX-License-Identifier: Apache-2.0

internal import DequeModule
internal import Kernel
internal import Pool
internal import SystemPackage
internal import Telemetry

/// One thread and its queue: a synchronization context, or a scheduler with a thread of its own.
///
/// The thread is started by the first post, so that a runtime that never needs it has one thread
/// less. Every item runs exactly once: it is taken out under the lock by the only thread that runs
/// items. No wake is lost: the item is in the queue before the token is left, and the thread looks
/// at the queue after it has taken the token. No item is left behind: it is queued in the section
/// that finds out whether there is a thread, and a thread that leaves says so in the section in which
/// it has found the queue empty.
final class ThreadScheduler: Sendable {
    /// A continuation, or a closure that was posted.
    enum Item {
        case job(UInt)
        case closure(@Sendable () -> Void)

        /// For the pool, where there is no thread for it.
        var workItem: WorkItem {
            switch self {
            case .job(let bits): WorkItem(jobBits: bits)
            case .closure(let body): WorkItem(body)
            }
        }
    }

    private struct State {
        var items: Deque<Item> = []
        var hasThread = false
        var isStopped = false
        var lane: ThreadLane?
    }

    let name: SchedulerName
    private let state = Lock(State())
    private let parker = Parker()
    private let roster = ThreadRoster()
    private let log: EventLog

    init(_ name: SchedulerName, log: EventLog) {
        self.name = name
        self.log = log
    }

    /// Queues an item.
    ///
    /// Returns whether there is a thread to run it; if none can be created the item is the caller's.
    func post(_ item: Item, for executor: PoolTaskExecutor) -> Bool {
        let needsThread = state.withLock { state -> Bool in
            state.items.append(item)
            defer { state.hasThread = true }
            return !state.hasThread
        }
        guard needsThread else {
            parker.unpark()
            return true
        }
        do throws(Errno) {
            try roster.start(name: name.threadName) { [self] in
                main(executor)
            }
            log.append("ThreadStart", name.threadName)
            return true
        } catch {
            log.append("ThreadStart", "\(name.threadName) could not be created: \(error)")
            for item in itemsBehindRefused() { executor.pool.enqueueGlobal(item.workItem) }
            return false
        }
    }

    /// What was queued meanwhile, in the belief that a thread would come.
    ///
    /// Without a thread the queue is empty: the item for which none could be created is its first.
    private func itemsBehindRefused() -> [Item] {
        state.withLock { state in
            state.hasThread = false
            defer { state.items.removeAll() }
            return Array(state.items.dropFirst())
        }
    }

    private func main(_ executor: PoolTaskExecutor) {
        let contexts = executor.contexts
        let lane = contexts.lanes.make(kind: .scheduler, number: Int(name.rawValue))
        let context = ThreadContext(lane: lane, scheduler: name)
        contexts.attach(context)
        state.withLock { $0.lane = lane }
        context.setState(.parked, at: .now)
        while let item = next(on: context, executor.gate) { run(item, on: context, executor) }
        executor.gate.rests(lane)
        contexts.detach()
    }

    /// Waits for an item; `nil` where the thread has to leave.
    ///
    /// That it leaves is noted in the same section in which it finds nothing: who posts afterwards
    /// starts another thread.
    private func next(on context: ThreadContext, _ gate: HopGate) -> Item? {
        while true {
            let (item, leaves) = state.withLock { state -> (Item?, Bool) in
                let item = state.items.popFirst()
                guard item == nil, state.isStopped else { return (item, false) }
                state.hasThread = false
                state.lane = nil
                return (nil, true)
            }
            if item != nil || leaves { return item }
            context.setState(.parked, at: .now)
            gate.rests(context.lane)
            parker.park()
        }
    }

    private func run(_ item: Item, on context: ThreadContext, _ executor: PoolTaskExecutor) {
        let now = Instant.now
        context.setState(.running, at: now)
        context.lane.beginBusy(at: now.nanoseconds)
        switch item {
        case .job(let bits): executor.run(bits, on: context)
        case .closure(let body): body()
        }
        context.lane.advance(.executed)
        context.lane.endBusy(at: Instant.now.nanoseconds)
    }

    /// The thread's lane while there is one, how many items wait, and the numbers of the machines
    /// among them, at most `limit`.
    func look(machines limit: Int) -> (lane: ThreadLane?, queued: Int, machines: [UInt64]) {
        state.withLock { state in
            let machines = state.items.prefix(limit).compactMap { item -> UInt64? in
                // A job in the queue is alive: nobody else runs it.
                guard case .job(let bits) = item, TaskLayout.isKnown else { return nil }
                return UInt64(TaskLayout.identifier(bits))
            }
            return (state.lane, state.items.count, machines)
        }
    }

    /// Lets the thread end when its queue is empty.
    func stop() {
        state.withLock { $0.isStopped = true }
        parker.unpark()
    }

    func join(until deadline: Instant) -> [String] {
        roster.join(until: deadline)
    }

    /// Lets the thread end, and the next post start another one.
    ///
    /// A thread that user code holds beyond `deadline` stays, unless it is about to leave.
    func retire(until deadline: Instant) {
        stop()
        _ = join(until: deadline)
        state.withLock { $0.isStopped = false }
    }
}
