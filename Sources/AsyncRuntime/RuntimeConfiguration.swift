// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Pool
internal import Port

/// How a runtime starts.
///
/// The defaults are the article's picture.
public struct RuntimeConfiguration: Codable, Sendable {
    /// Minimum and maximum of worker threads, 1 to 32767.
    ///
    /// Default: processors to 32767.
    public var workers: ClosedRange<Int>
    /// Minimum and maximum of poller threads, 1 to 1000.
    ///
    /// Default: processors to 1000.
    public var pollers: ClosedRange<Int>
    /// How many pollers may run at a time, as a completion port's concurrency value.
    public var concurrency: Int
    /// How many packets a poller takes at once, and how many events its leader receives, 1 to 1024.
    public var batch = CompletionPort.usualBatch
    /// Where continuations run.
    public var placement: Placement
    /// How many workers the limited scheduler uses at a time; half of the processors.
    public var limitedConcurrency: Int
    /// Whether an operation that succeeds at once skips the completion packet.
    public var skipOnSuccess = true
    /// Whether throughput decides how many workers there are.
    public var hillClimbing = true
    /// Whether a worker that says that it blocks is made up for by another; .NET 6 and later.
    public var cooperativeBlocking = true
    /// Whether a worker is added when nobody has taken work for too long.
    public var starvationDetection = true
    /// Whether a worker that is about to block gives its own items to all; .NET 10.
    public var localHandOver = true
    /// How long an idle worker waits before it leaves, 10 ms to an hour; 20 s, as in .NET.
    public var idleTimeout = WorkerPool.idleTimeout
    /// Whether the sampler's thread looks at the counters by itself.
    ///
    /// Off, they are read only when a snapshot is asked for: to measure what looking costs.
    package var samples = true
    /// Whether state machines are tracked.
    ///
    /// Off, none is on the screen: to measure what tracking costs.
    package var tracksMachines = true

    var switches: GoalAdjustment.Switches {
        var switches = GoalAdjustment.Switches()
        switches.hillClimbing = hillClimbing
        switches.cooperativeBlocking = cooperativeBlocking
        switches.starvationDetection = starvationDetection
        switches.localHandOver = localHandOver
        return switches
    }

    /// The defaults for this machine.
    public init() {
        let processors = ProcessStatus.processorCount
        workers = processors...max(processors, RuntimeConfiguration.workerLimit)
        pollers = processors...max(processors, RuntimeConfiguration.pollerLimit)
        concurrency = processors
        placement = .worker
        limitedConcurrency = max(1, processors / 2)
    }

    /// Most worker threads.
    public static var workerLimit: Int { ThreadCounts.limit }
    /// The times that an idle worker can be told to wait.
    public static var idleTimeoutRange: ClosedRange<Duration> {
        .milliseconds(10)...(.seconds(3600))
    }
    /// The sizes that a batch can have.
    public static var batchLimits: ClosedRange<Int> { CompletionPort.batchLimits }
    /// Most poller threads.
    public static var pollerLimit: Int { PollerThreads.limit }

    /// - Throws: `RuntimeError.outOfRange` with a sentence that says what is allowed.
    func validate() throws(RuntimeError) {
        guard workers.lowerBound >= 1, workers.upperBound <= RuntimeConfiguration.workerLimit else {
            throw .outOfRange(
                "Workers must be between 1 and \(RuntimeConfiguration.workerLimit)."
            )
        }
        guard pollers.lowerBound >= 1, pollers.upperBound <= RuntimeConfiguration.pollerLimit else {
            throw .outOfRange(
                "Pollers must be between 1 and \(RuntimeConfiguration.pollerLimit)."
            )
        }
        guard concurrency >= 1, concurrency <= RuntimeConfiguration.pollerLimit else {
            throw .outOfRange(
                "The concurrency value must be between 1 and \(RuntimeConfiguration.pollerLimit)."
            )
        }
        guard RuntimeConfiguration.idleTimeoutRange.contains(idleTimeout) else {
            throw .outOfRange("The idle time-out must be between 10 ms and an hour.")
        }
        guard limitedConcurrency >= 1 else {
            throw .outOfRange("The limited scheduler needs one worker at least.")
        }
    }
}

/// Why a runtime could not start.
public enum RuntimeError: Error, CustomStringConvertible {
    /// A value of the configuration is out of range.
    case outOfRange(String)
    /// A second runtime cannot become the process's executor.
    case alreadyInstalled
    /// The system refused something; the text says what and what helps.
    case system(String)

    /// One sentence that says what to do.
    public var description: String {
        switch self {
        case .outOfRange(let text): text
        case .alreadyInstalled:
            "A runtime is the process's executor already; use Runtime.current."
        case .system(let text): text
        }
    }
}
