// SPDX-License-Identifier: Apache-2.0

/// One consistent picture of the runtime, as `pooltop headless` prints it and as the panes show it.
///
/// Counts are integers; a number that is a time or a size says its unit in its name. All counts of
/// `operations` belong to one cut: the sampler reads closed counter banks only (see
/// `CounterEpoch`), so the law of ``Operations/balances`` holds in every snapshot.
package struct RuntimeSnapshot: Codable, Equatable, Sendable {
    package static let currentSchema = "pooltop.snapshot.v1"

    package var schema = RuntimeSnapshot.currentSchema
    package var scenario = "idle"
    package var seed: UInt64 = 0
    package var elapsedSeconds = 0.0
    package var engine = "epoll"
    package var placement = "worker"
    package var operations = Operations()
    package var port = Port()
    package var pollers = Pollers()
    package var workers = Workers()
    package var queues = Queues()
    package var machines = Machines()
    /// Contexts and schedulers beside the pool that have been used.
    package var schedulers: [SchedulerRow] = []
    package var requests = Requests()
    /// The newest 200 changes of the pool's goal, oldest first.
    package var adjustments: [Adjustment] = []
    /// Sentences about what is wrong right now, such as a limit that was hit.
    package var diagnoses: [String] = []
    package var process = Process()
    package var telemetry = Telemetry()
    /// The two twins of the scenario `twin`; all other values are those of the one whose turn it is.
    package var twin: TwinComparison?
    /// What only the screen needs; `nil` in headless output.
    package var detail: Detail?

    package init() {}

    /// Overlapped operations since the start.
    package struct Operations: Codable, Equatable, Sendable {
        package var submitted = 0
        /// Slots taken from the slot pool and not yet given back.
        package var inFlight = 0
        package var completed = 0
        package var failed = 0
        package var cancelled = 0
        package var timedOut = 0
        /// Part of `completed`: the system call succeeded at once, without packet or hop.
        package var synchronous = 0
        /// Part of `completed`: the completion arrived before the task had suspended.
        package var raced = 0

        package init() {}

        /// The law of the books: everything submitted is in flight or has exactly one outcome.
        package var balances: Bool {
            submitted == inFlight + completed + failed + cancelled + timedOut
        }
    }

    /// The completion port and what its engine holds.
    package struct Port: Codable, Equatable, Sendable {
        /// Operations that wait for a readiness edge: epoll interest, nothing of ours runs.
        package var armed = 0
        /// Operations truly submitted to the kernel; always 0 on epoll.
        package var inKernel = 0
        /// Operations that wait in our own timer heap.
        package var timers = 0
        /// Completion packets that wait for a poller.
        package var queued = 0
        /// The most of them since the snapshot before.
        package var queuedPeak = 0
        /// Packets taken by pollers since the start.
        package var dequeued = 0
        /// Readiness events that named a registration that is gone.
        package var staleEvents = 0
        package var concurrency = 0
        /// Most packets that a poller takes at once.
        package var batch = 0
        /// How long packets taken of late have waited; `nil` where none was taken.
        package var waitMicroseconds: PacketWait?

        package init() {}
    }

    /// How long completion packets waited for a poller, two significant digits.
    package struct PacketWait: Codable, Equatable, Sendable {
        package var p50: Int
        package var p99: Int
        package var max: Int

        package init(p50: Int, p99: Int, max: Int) {
            self.p50 = p50
            self.p99 = p99
            self.max = max
        }
    }

    /// Poller threads, by what they do at the moment of the sample.
    package struct Pollers: Codable, Equatable, Sendable {
        package var count = 0
        package var minimum = 0
        package var maximum = 0
        /// Pollers that wait in the kernel: 0 or 1.
        package var leader = 0
        package var waiting = 0
        package var running = 0
        /// Of the running ones, those that run a continuation in place.
        package var inline = 0
        package var blocked = 0
        /// For how long user code has held pollers since the start, summed over all of them.
        package var userMicroseconds = 0

        package init() {}
    }

    /// Worker threads, in the words of .NET's thread counts.
    package struct Workers: Codable, Equatable, Sendable {
        package var minimum = 0
        package var maximum = 0
        package var goal = 0
        package var existing = 0
        package var processing = 0
        package var parked = 0
        package var blocked = 0

        package init() {}
    }

    /// Depths of the pool's queues.
    package struct Queues: Codable, Equatable, Sendable {
        package var global = 0
        package var highPriority = 0
        /// One depth per existing worker, in the order of their numbers.
        package var local: [Int] = []
        /// Items taken from another worker's queue since the start.
        package var stolen = 0
        /// How long the oldest item has been waiting at least, as far as the sampler's looks, ten a
        /// second, tell; `nil` where none waits.
        package var oldestMicroseconds: Int?

        package init() {}
    }

    /// Async state machines: tasks that this runtime has seen start.
    package struct Machines: Codable, Equatable, Sendable {
        package var inFlight = 0
        package var started = 0
        package var finished = 0
        /// Those of `inFlight` that are only counted: too many came at once to give each a row.
        package var onlyCounted = 0
        /// Chains of suspended functions that were seen when there was no room for more.
        ///
        /// At least so many; their states are in no graph.
        package var chainsLeftOut = 0
        /// Ways from one chain to another, likewise: they are in no arrow.
        package var waysLeftOut = 0
        /// Machines in flight that are, or were when they were looked at last, in a chain left out.
        package var leftOut = 0

        package init() {}
    }

    /// One synchronization context or scheduler.
    package struct SchedulerRow: Codable, Equatable, Sendable {
        package enum State: String, Codable, Sendable {
            case parked, running, blocked
        }

        /// `context`, `limited` or `dedicated`.
        package var name: String
        /// Name of its thread; empty for the limited scheduler, which uses the pool's.
        package var thread = ""
        package var state = State.parked
        /// Threads that run its work.
        package var running = 0
        /// Most threads that may.
        package var limit = 1
        /// Continuations that wait in its queue.
        package var queued = 0
        /// Number of the state machine it runs; 0 when none.
        package var machine = 0
        package var sinceMicroseconds = 0
        package var itemsPerSecond = 0.0
        /// Share of the last second in which it ran or blocked, 0 to 100.
        package var busyPercent = 0.0

        package init(name: String) {
            self.name = name
        }
    }

    /// Requests of the workload's clients.
    package struct Requests: Codable, Equatable, Sendable {
        package var completed = 0
        package var failed = 0
        /// Mean over the last second, or over the whole run in a final headless object.
        package var perSecond = 0.0
        package var latencyMicroseconds = Percentiles()

        package init() {}
    }

    /// Latency percentiles, two significant digits.
    package struct Percentiles: Codable, Equatable, Sendable {
        package var p50 = 0
        package var p90 = 0
        package var p99 = 0
        package var p999 = 0
        package var max = 0

        package init() {}
    }

    /// One change of the pool's goal.
    package struct Adjustment: Codable, Equatable, Sendable {
        package var elapsedSeconds: Double
        package var from: Int
        package var to: Int
        /// .NET's word for the reason, or `Key` for a change by hand.
        package var reason: String

        package init(elapsedSeconds: Double, from: Int, to: Int, reason: String) {
            self.elapsedSeconds = elapsedSeconds
            self.from = from
            self.to = to
            self.reason = reason
        }
    }

    /// The operating system's view of this process.
    package struct Process: Codable, Equatable, Sendable {
        package var threads = 0
        package var residentBytes = 0
        /// Of one core, over the time since the previous sample.
        package var cpuPercent = 0.0
        /// Of all processors of the machine, used by all processes, over the last second or so.
        package var machinePercent = 0.0
        /// Processor time of all its threads since the start.
        package var processorMicroseconds = 0
        /// How often its threads have left a processor, of themselves or not.
        package var contextSwitches = 0

        package init() {}
    }

    /// What observing costs and what it missed.
    package struct Telemetry: Codable, Equatable, Sendable {
        /// Events that the sampler wanted and that were overwritten before it had read them.
        package var droppedEvents = 0
        /// CPU time of the sampler's own thread since the start.
        package var samplerMicroseconds = 0

        package init() {}
    }
}
