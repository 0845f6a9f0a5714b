// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Pool
internal import Port
internal import Synchronization

/// The places beside the pool: a synchronization context and two schedulers.
final class Schedulers: Sendable {
    let context: ThreadScheduler
    let dedicated: ThreadScheduler
    let limited: LimitedScheduler

    init(limit: Int, log: EventLog) {
        context = ThreadScheduler(.context, log: log)
        dedicated = ThreadScheduler(.dedicated, log: log)
        limited = LimitedScheduler(limit: limit)
    }

    /// Queues a continuation; where its thread cannot be created, to the pool.
    func post(_ job: UInt, to name: SchedulerName, for executor: PoolTaskExecutor) {
        let item = ThreadScheduler.Item.job(job)
        let hasThread: Bool
        switch name {
        case .limited: return limited.post(job, for: executor)
        case .context: hasThread = context.post(item, for: executor)
        case .dedicated: hasThread = dedicated.post(item, for: executor)
        }
        if !hasThread { executor.pool.enqueueGlobal(item.workItem) }
    }

    /// Tells the threads to end when they have nothing left to do.
    func stop() {
        context.stop()
        dedicated.stop()
    }

    /// Lets the threads end that have nothing to do; the next post starts them again.
    func retire(until deadline: Instant) {
        context.retire(until: deadline)
        dedicated.retire(until: deadline)
    }

    /// Returns the names of threads that are still held at `deadline`.
    func join(until deadline: Instant) -> [String] {
        context.join(until: deadline) + dedicated.join(until: deadline)
    }
}

extension Runtime {
    /// Runs a closure on the synchronization context's thread, as an event handler of a user
    /// interface: what is awaited from there goes on there.
    ///
    /// - Throws: ``RuntimeError/system(_:)`` where the thread cannot be created.
    public func postToContext(_ body: @escaping @Sendable () -> Void) throws(RuntimeError) {
        taskExecutor.placementSetting.visit(.context)
        guard schedulers.context.post(.closure(body), for: taskExecutor) else {
            throw .system("The thread context-ui could not be created; raise the limit of threads.")
        }
    }

    /// Runs a closure on the dedicated scheduler's thread, as a task with `LongRunning` in .NET:
    /// however long it takes, no worker is held.
    ///
    /// - Throws: ``RuntimeError/system(_:)`` where the thread cannot be created.
    public func postToDedicated(_ body: @escaping @Sendable () -> Void) throws(RuntimeError) {
        taskExecutor.placementSetting.visit(.dedicated)
        guard schedulers.dedicated.post(.closure(body), for: taskExecutor) else {
            throw .system("The thread dedicated could not be created; raise the limit of threads.")
        }
    }

    /// How many items wait for the synchronization context's thread.
    public var queuedOnContext: Int { schedulers.context.look(machines: 0).queued }

    /// What kind of thread the calling one is, in the words of ``Placement``: `worker`, `inline`
    /// for a poller, `context`, `limited`, `dedicated`; `other` for one that is not the runtime's.
    public var currentPlace: String {
        guard let context = contexts.cached else { return "other" }
        if let scheduler = context.scheduler { return scheduler.rawName }
        switch context.origin {
        case .worker: return Placement.worker.rawValue
        case .poller: return Placement.inline.rawValue
        case .scheduler, .other: return "other"
        }
    }

    /// Whether an operation that completes at once skips the completion packet.
    public var skipOnSuccess: Bool {
        get { port.skipOnSuccess.load(ordering: .relaxed) }
        set { port.skipOnSuccess.store(newValue, ordering: .relaxed) }
    }
}
