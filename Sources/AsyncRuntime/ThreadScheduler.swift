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
/// at the queue after it has taken the token.
final class ThreadScheduler: Sendable {
    /// A continuation, or a closure that was posted.
    enum Item {
        case job(UInt)
        case closure(@Sendable () -> Void)
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
            defer { state.hasThread = true }
            return !state.hasThread && !state.isStopped
        }
        if needsThread, !start(executor) { return false }
        state.withLock { $0.items.append(item) }
        parker.unpark()
        return true
    }

    private func start(_ executor: PoolTaskExecutor) -> Bool {
        do throws(Errno) {
            try roster.start(name: name.threadName) { [self] in
                main(executor)
            }
            log.append("ThreadStart", name.threadName)
            return true
        } catch {
            state.withLock { $0.hasThread = false }
            log.append("ThreadStart", "\(name.threadName) could not be created: \(error)")
            return false
        }
    }

    private func main(_ executor: PoolTaskExecutor) {
        let contexts = executor.contexts
        let lane = contexts.lanes.make(kind: .scheduler, number: Int(name.rawValue))
        let context = ThreadContext(lane: lane, scheduler: name)
        contexts.attach(context)
        state.withLock { $0.lane = lane }
        context.setState(.parked, at: .now)
        while true {
            let (item, isStopped) = state.withLock { state in
                (state.items.popFirst(), state.isStopped)
            }
            if let item {
                run(item, on: context, executor)
            } else if isStopped {
                break
            } else {
                context.setState(.parked, at: .now)
                executor.gate.rests(lane)
                parker.park()
            }
        }
        state.withLock { $0.lane = nil }
        executor.gate.rests(lane)
        contexts.detach()
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
    /// An item that comes in between is not lost: the next thread starts at once for it. A thread
    /// that user code holds stays as it is.
    func retire(until deadline: Instant, executor: PoolTaskExecutor) {
        stop()
        guard join(until: deadline).isEmpty else {
            state.withLock { $0.isStopped = false }
            return
        }
        let needsThread = state.withLock { state -> Bool in
            state.isStopped = false
            state.hasThread = !state.items.isEmpty
            return state.hasThread
        }
        if needsThread { _ = start(executor) }
    }
}
