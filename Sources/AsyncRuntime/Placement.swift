// SPDX-License-Identifier: Apache-2.0

/// Where the continuation of a completed operation runs.
///
/// The fork of the picture, as a pure function: ``Fork/choice`` is asked in the executor's
/// `enqueue`, for every job of every task.
public enum Placement: String, CaseIterable, Codable, Sendable {
    /// Queued to the worker pool: what .NET does on Linux, and the default.
    case worker
    /// In place, on the poller that took the packet.
    case inline
    /// Posted to the synchronization context, as if the code that awaits had run on it.
    case context
    /// Queued to the scheduler of limited concurrency.
    case limited
    /// Queued to the scheduler with a thread of its own.
    case dedicated

    /// The scheduler of that name; `nil` for the pool and for the poller.
    var scheduler: SchedulerName? {
        switch self {
        case .worker, .inline: nil
        case .context: .context
        case .limited: .limited
        case .dedicated: .dedicated
        }
    }

    /// The kind of thread that hands a job over.
    package enum Origin: Sendable {
        case worker, poller, scheduler, other
    }

    /// What becomes of the job.
    package enum Choice: Equatable, Sendable {
        /// The tail of the queue that all workers share.
        case globalQueue
        /// The handing worker's own queue.
        case localQueue
        /// The poller's own list: it runs the job when the batch is delivered.
        case inPlace
        /// The queue of a synchronization context or scheduler.
        case scheduler(SchedulerName)
    }

    /// As many items as a worker's own queue has room for before it grows.
    package static let familyLimit = 32

    /// All that the choice depends on.
    ///
    /// The order is .NET's (`Task.SetContinuationForAwait`): a captured context first, then a
    /// captured scheduler, then in place where that is allowed, then the pool. A yield goes behind
    /// everything that waits; a continuation that a worker completes prefers that worker's own queue.
    ///
    /// So does a new task, as `Task.Run` does, with an exception for what .NET has no counterpart to:
    /// children of a task group beyond the first ``familyLimit`` in the queue (`isSurplus`) go to the
    /// queue of all, and so are begun in the order in which they were started. A worker takes the
    /// newest from its own queue, and the group looks for a child that has ended from its oldest on:
    /// with a thousand children that search took a third of all the time. A family tree that grows
    /// downwards never has that many in one queue, and is walked depth first as ever.
    package struct Fork: Sendable {
        /// What the runtime is set to.
        var setting: Placement
        /// Who hands the job over.
        var origin: Origin
        var isYield = false
        /// Whether it is a new child of a group, and its worker's own queue holds many.
        var isSurplus = false
        /// Context or scheduler that the code ran on when it awaited.
        var captured: SchedulerName?
        /// What was asked for at the await.
        var options: AwaitOptions = []

        package init(
            _ setting: Placement,
            on origin: Origin,
            isYield: Bool = false,
            isSurplus: Bool = false,
            captured: SchedulerName? = nil,
            options: AwaitOptions = []
        ) {
            self.setting = setting
            self.origin = origin
            self.isYield = isYield
            self.isSurplus = isSurplus
            self.captured = captured
            self.options = options
        }

        /// Where the job goes.
        package var choice: Choice {
            let leavesContext = options.contains(.anywhere)
            if let captured, !leavesContext { return .scheduler(captured) }
            switch origin {
            case .worker: return isYield || isSurplus ? .globalQueue : .localQueue
            case .scheduler, .other: return .globalQueue
            case .poller: break
            }
            if isYield { return .globalQueue }
            switch setting {
            case .worker: return .globalQueue
            case .inline: return options.contains(.asynchronously) ? .globalQueue : .inPlace
            case .context: return leavesContext ? .globalQueue : .scheduler(.context)
            case .limited: return leavesContext ? .globalQueue : .scheduler(.limited)
            case .dedicated: return leavesContext ? .globalQueue : .scheduler(.dedicated)
            }
        }
    }
}

/// What an await asks of the place where it goes on.
public struct AwaitOptions: OptionSet, Sendable {
    /// One bit for each option.
    public let rawValue: UInt8

    /// The options of these bits.
    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// Not on the captured context: `ConfigureAwait(false)`.
    public static let anywhere = AwaitOptions(rawValue: 1)
    /// Never in place, on the thread that completes: `RunContinuationsAsynchronously`.
    public static let asynchronously = AwaitOptions(rawValue: 2)
}

/// A place for continuations beside the pool.
public enum SchedulerName: UInt8, CaseIterable, Sendable {
    /// A synchronization context: one thread and its queue, as that of a user interface.
    case context = 1
    /// Runs on the pool's workers, on few of them at a time.
    case limited
    /// A scheduler with a thread of its own.
    case dedicated

    /// The name of its thread; the limited scheduler has none.
    package var threadName: String {
        switch self {
        case .context: "context-ui"
        case .limited: "limited"
        case .dedicated: "dedicated"
        }
    }
}

/// Where an await goes on, as one word of its operation.
struct Resumption {
    var captured: SchedulerName?
    var options: AwaitOptions

    init(captured: SchedulerName?, options: AwaitOptions) {
        self.captured = captured
        self.options = options
    }

    init(word: UInt) {
        captured = SchedulerName(rawValue: UInt8(truncatingIfNeeded: word))
        options = AwaitOptions(rawValue: UInt8(truncatingIfNeeded: word >> 8))
    }

    var word: UInt { UInt(captured?.rawValue ?? 0) | UInt(options.rawValue) << 8 }
}
