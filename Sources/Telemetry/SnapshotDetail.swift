// SPDX-License-Identifier: Apache-2.0

extension RuntimeSnapshot {
    /// Rows, rates and settings that the panes draw beyond the counts.
    package struct Detail: Codable, Equatable, Sendable {
        package var rates = Rates()
        package var switches = Switches()
        package var settings = Settings()
        package var scenario = ScenarioText()
        package var limits = Limits()
        package var climber = Climber()
        package var packets: [PacketRow] = []
        package var pollers: [PollerRow] = []
        package var workers: [WorkerRow] = []
        package var functions: [FunctionRow] = []
        /// How far was looked for them, where they are looked for by a filter.
        package var search: MachineSearchResult?
        package var machines: [MachineRow] = []
        package var tempo = Tempo()
        package var states = States()
        /// The newest entries of the event log, oldest first.
        package var events: [EventRow] = []
        /// Entries of the log that came before the first of `events`.
        package var eventsBefore = 0
        /// What the scenario wants the audience to look at, in one sentence.
        package var caption = ""
        /// Where the scenario's server listens, such as `127.0.0.1:40213`; empty without one.
        package var address = ""
        /// When the runtime was started, in seconds since 1970 (UTC).
        package var startedAtUnixSeconds = 0.0
        /// What local time is ahead of UTC.
        package var utcOffsetSeconds = 0

        package init() {}
    }

    /// What this runtime can be set to.
    package struct Limits: Codable, Equatable, Sendable {
        /// The most pollers that can be asked for.
        package var pollers = 0
        /// The most workers that can be asked for.
        package var workers = 0
        /// Places where continuations can run, by the name of the placement.
        package var placements: [String] = []

        package init() {}
    }

    /// Means over the last second.
    package struct Rates: Codable, Equatable, Sendable {
        package var submittedPerSecond = 0.0
        package var completedPerSecond = 0.0
        package var dequeuedPerSecond = 0.0
        package var resumedPerSecond = 0.0
        package var stolenPerSecond = 0.0
        /// Work items that workers ran.
        package var itemsPerSecond = 0.0
        package var hopsPerSecond = 0.0
        /// Continuations that went to an executor, since the start.
        package var resumed = 0
        /// Work items that workers ran, since the start.
        package var executed = 0

        package init() {}
    }

    /// What the port and the pool do by themselves, and can be switched off.
    package struct Switches: Codable, Equatable, Sendable {
        /// An operation that succeeds at once skips the completion packet.
        package var skipOnSuccess = true
        package var hillClimbing = true
        package var cooperativeBlocking = true
        package var starvationDetection = true
        package var localHandOver = true
        /// How long an idle worker waits before it leaves.
        package var idleTimeoutMicroseconds = 20_000_000

        package init() {}
    }

    /// The hill climber's own numbers, by the fields of .NET's
    /// `ThreadPoolWorkerThreadAdjustmentStats`; waves are relative to the mean.
    package struct Climber: Codable, Equatable, Sendable {
        /// Samples used since the start.
        package var samples = 0
        package var sampleMicroseconds = 0
        package var intervalMicroseconds = 0
        /// Completed items per second in the last sample.
        package var throughput = 0.0
        package var threadWave = 0.0
        package var throughputWave = 0.0
        package var throughputErrorEstimate = 0.0
        package var averageThroughputErrorEstimate = 0.0
        /// Above 0: more threads help.
        package var throughputRatio = 0.0
        package var confidence = 0.0
        /// Threads without the wave.
        package var controlSetting = 0.0
        package var waveMagnitude = 0
        /// .NET's word for what was decided.
        package var reason = ""
        /// Of all processors, by this process, as the gate thread saw it last.
        package var utilizationPercent = 0

        package init() {}
    }

    /// Settings of the workload that can change while it runs.
    package struct Settings: Codable, Equatable, Sendable {
        package var clients = 0
        /// The largest number of clients that the limits allow.
        package var clientsMaximum = 0
        /// Requests per second of an open loop; `nil` is a closed loop.
        package var ratePerSecond: Double?
        package var delayMicroseconds = 0
        package var spreadMicroseconds = 0
        package var cpuMicroseconds = 0
        package var blockingPercent = 0.0
        package var blockingMicroseconds = 0
        package var resetPercent = 0.0

        package init() {}
    }

    /// What there is to see in the scenario that runs.
    package struct ScenarioText: Codable, Equatable, Sendable {
        package var summary = ""
        package var whatToLookFor = ""
        /// Keys worth trying, each with what it does, such as `["3 then +", "more workers"]`.
        package var keys: [[String]] = []
        /// Names of the ways in which it can run.
        package var variants: [String] = []
        /// The one that runs.
        package var variant = 0
        /// What that one does.
        package var variantSentence = ""
        /// Counts the scenarios that this process has begun; from 1.
        package var run = 1

        package init() {}
    }

    /// One completion packet that waits in the port, or was taken last.
    package struct PacketRow: Codable, Equatable, Sendable {
        /// Packet numbers count from 1 in the order of arrival at the port.
        package var number: Int
        package var operation: String
        /// `-1` where the operation has no descriptor.
        package var descriptor: Int
        /// Bytes moved, or the error's name.
        package var result: String
        package var waitedMicroseconds: Int
        /// Whether it still waits in the port.
        package var isQueued: Bool

        package init(
            number: Int,
            operation: String,
            descriptor: Int,
            result: String,
            waitedMicroseconds: Int,
            isQueued: Bool
        ) {
            self.number = number
            self.operation = operation
            self.descriptor = descriptor
            self.result = result
            self.waitedMicroseconds = waitedMicroseconds
            self.isQueued = isQueued
        }
    }

    /// One poller thread.
    package struct PollerRow: Codable, Equatable, Sendable {
        package enum State: String, Codable, Sendable {
            /// Waits in the kernel for all.
            case leader
            /// Waits for the leader to let it go.
            case waiting
            /// Moves packets.
            case running
            /// Runs a continuation in place.
            case inline
            /// Reported that it blocks.
            case blocked
            /// Takes no new packets and ends.
            case leaving
        }

        package var number: Int
        package var state: State
        package var sinceMicroseconds: Int
        package var packetsPerSecond: Double
        /// Share of the last second in which it did not wait, 0 to 100.
        package var busyPercent: Double
        /// Share of the last second in which user code held it, 0 to 100.
        package var userPercent = 0.0
        /// Function of the state machine that it runs in place; empty when none is known.
        package var function = ""
        /// Number of that state machine; 0 when none.
        package var machine = 0

        package init(
            number: Int,
            state: State,
            sinceMicroseconds: Int,
            packetsPerSecond: Double,
            busyPercent: Double
        ) {
            self.number = number
            self.state = state
            self.sinceMicroseconds = sinceMicroseconds
            self.packetsPerSecond = packetsPerSecond
            self.busyPercent = busyPercent
        }
    }

    /// One worker thread.
    package struct WorkerRow: Codable, Equatable, Sendable {
        package enum State: String, Codable, Sendable {
            /// Runs a work item.
            case running
            /// Runs an item that reported that it blocks.
            case blocked
            /// Looks for work before it parks.
            case spinning
            /// Waits for work.
            case parked
            /// Takes no new work and ends.
            case leaving
        }

        package var number: Int
        package var state: State
        /// Function of the state machine it runs, or that waits there, blocked, for async code; empty
        /// when none is known.
        package var function: String
        /// Number of the state machine it runs; 0 when none.
        package var machine: Int
        package var sinceMicroseconds: Int
        package var itemsPerSecond: Double
        package var busyPercent: Double
        package var localQueue: Int

        package init(
            number: Int,
            state: State,
            function: String,
            machine: Int,
            sinceMicroseconds: Int,
            itemsPerSecond: Double,
            busyPercent: Double,
            localQueue: Int
        ) {
            self.number = number
            self.state = state
            self.function = function
            self.machine = machine
            self.sinceMicroseconds = sinceMicroseconds
            self.itemsPerSecond = itemsPerSecond
            self.busyPercent = busyPercent
            self.localQueue = localQueue
        }
    }

    /// All state machines that were last seen in one function.
    package struct FunctionRow: Codable, Equatable, Sendable {
        package var function: String
        /// Running, or queued to run.
        package var running: Int
        /// Waiting for something else than an operation of the port: a child task, an actor.
        package var suspended = 0
        /// Machines that wait, by operation name (`read`, `write`, `connect`, `accept`, `sleep`).
        package var waiting: [String: Int]
        /// Operations of this function that finished, per second.
        package var donePerSecond: Double
        /// Half of the waits of the last five to ten seconds were no longer; `nil` where none was.
        package var waitP50Microseconds: Int?
        /// 99 of 100 of them were no longer.
        package var waitP99Microseconds: Int?

        package init(function: String, running: Int, waiting: [String: Int], donePerSecond: Double)
        {
            self.function = function
            self.running = running
            self.waiting = waiting
            self.donePerSecond = donePerSecond
        }
    }

    /// One state machine in flight.
    package struct MachineRow: Codable, Equatable, Sendable {
        package var number: Int
        package var function: String
        /// `running`, `queued`, or the name of the operation it awaits.
        package var state: String
        /// Descriptor it awaits; `-1` for none.
        package var descriptor: Int
        package var ageMicroseconds: Int
        /// Time in the present state.
        package var sinceMicroseconds: Int
        package var runningMicroseconds: Int
        package var queuedMicroseconds: Int
        package var waitingMicroseconds: Int
        /// Changes of thread since it started.
        package var hops: Int
        /// Name of the thread that ran it last.
        package var thread: String
        /// Where it awaits, such as `Client.swift:41`.
        package var site: String
        /// The placement of its next continuation, as things are now; empty where it awaits nothing
        /// of the port.
        package var resumesOn = ""
        package var context = MachineContext()

        package init(
            number: Int,
            function: String,
            state: String,
            descriptor: Int,
            ageMicroseconds: Int,
            sinceMicroseconds: Int,
            runningMicroseconds: Int,
            queuedMicroseconds: Int,
            waitingMicroseconds: Int,
            hops: Int,
            thread: String,
            site: String
        ) {
            self.number = number
            self.function = function
            self.state = state
            self.descriptor = descriptor
            self.ageMicroseconds = ageMicroseconds
            self.sinceMicroseconds = sinceMicroseconds
            self.runningMicroseconds = runningMicroseconds
            self.queuedMicroseconds = queuedMicroseconds
            self.waitingMicroseconds = waitingMicroseconds
            self.hops = hops
            self.thread = thread
            self.site = site
        }
    }

    /// One line of the event log.
    package struct EventRow: Codable, Equatable, Sendable {
        package var elapsedSeconds: Double
        /// For how long the process had been stopped before, which `elapsedSeconds` leaves out.
        package var stoppedSeconds = 0.0
        /// .NET's event name where there is one, such as `ThreadPoolWorkerThreadStart`.
        package var name: String
        package var text: String
        /// How often it happened, where repetitions are told in one entry.
        package var count = 1
        /// From the first to the last of them.
        package var spanSeconds = 0.0

        package init(elapsedSeconds: Double, name: String, text: String) {
            self.elapsedSeconds = elapsedSeconds
            self.name = name
            self.text = text
        }
    }
}
