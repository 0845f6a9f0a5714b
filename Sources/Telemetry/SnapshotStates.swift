// SPDX-License-Identifier: Apache-2.0

extension RuntimeSnapshot {
    /// The compiler's own states of the async functions, and who is in them.
    package struct States: Codable, Equatable, Sendable {
        /// Why names or lines are not to be had; empty where they are.
        package var missing = ""
        /// The distinct chains of suspended functions; `MachineRow.chain` is a place in here.
        package var chains: [Chain] = []
        /// Every async function seen, by its name.
        package var graphs: [StateGraph] = []
        /// Who waits for whom.
        package var waits = Waits()
        /// What the machines did that are being watched.
        package var stories: [Story] = []
        /// Names of the task-local values that the program wants to be seen.
        package var taskLocals: [String] = []
        /// For how long a description of a task-local value has not returned; `nil` while none is made.
        package var describesForMicroseconds: Int?

        package init() {}
    }

    /// A frame of a suspended task: the part of a function with which it will go on.
    package struct Frame: Codable, Equatable, Sendable {
        package var function: String
        /// As the compiler numbers it, such as `TQ2`; empty where the function starts.
        package var state: String
        /// Path of the source file, as the compiler was given it; empty where it is not known.
        package var file: String
        /// Of the `await`; 0 where it is not known.
        package var line: Int

        package init(function: String, state: String, file: String, line: Int) {
            self.function = function
            self.state = state
            self.file = file
            self.line = line
        }

        /// Such as `Client.swift:41`; empty where it is not known.
        package var location: String {
            guard line > 0 else { return "" }
            return "\(file.split(separator: "/").last ?? ""):\(line)"
        }
    }

    /// Functions that await each other, innermost first.
    package struct Chain: Codable, Equatable, Sendable {
        package var frames: [Frame] = []
        /// Machines whose frames were these when they were looked at last.
        package var machines = 0

        package init(frames: [Frame], machines: Int) {
            self.frames = frames
            self.machines = machines
        }
    }

    /// One async function: its states, and how machines go from one to the next.
    package struct StateGraph: Codable, Equatable, Sendable {
        /// One point at which it may be suspended.
        package struct State: Codable, Equatable, Sendable {
            /// Such as `TQ2`.
            package var name: String
            package var line: Int
            /// Machines that are in it now, or were when they were looked at last.
            package var machines: Int
            /// Half of the times that machines were suspended there of late were no longer.
            package var p50Microseconds: Int?
            package var p99Microseconds: Int?

            package init(name: String, line: Int, machines: Int) {
                self.name = name
                self.line = line
                self.machines = machines
            }
        }

        /// What happened since the arrow was first gone, and how often of late.
        package struct Arrow: Codable, Equatable, Sendable {
            /// A place in `states`, or `start`.
            package var from: Int
            /// A place in `states`, or `done`.
            package var to: Int
            package var count: Int
            package var perSecond: Double

            package init(from: Int, to: Int, count: Int, perSecond: Double) {
                self.from = from
                self.to = to
                self.count = count
                self.perSecond = perSecond
            }
        }

        /// Where arrows come from that enter the function.
        package static let start = -1
        /// Where arrows lead that leave it.
        package static let done = -2

        package var function: String
        package var file: String
        /// Of its declaration; 0 where it is not known.
        package var line: Int
        package var states: [State] = []
        package var arrows: [Arrow] = []

        package init(function: String, file: String, line: Int) {
            self.function = function
            self.file = file
            self.line = line
        }

        package var machines: Int { states.reduce(0) { $0 + $1.machines } }
    }

    /// Which tasks wait for the end of which others, as far as that is known: who awaits an actor, a
    /// stream or a continuation leaves no note of what will resume it.
    package struct Waits: Codable, Equatable, Sendable {
        package struct Wait: Codable, Equatable, Sendable {
            /// The numbers of the machines.
            package var waiter: Int
            package var awaited: Int
            /// Whether it awaits the group to which the other one belongs, and not that one alone.
            package var isInGroup: Bool

            package init(waiter: Int, awaited: Int, isInGroup: Bool = false) {
                self.waiter = waiter
                self.awaited = awaited
                self.isInGroup = isInGroup
            }
        }

        /// Whether the concurrency runtime's notes can be read.
        package var isKnown = false
        /// Whether all tasks in flight of this runtime were looked at.
        package var isAll = false
        package var waits: [Wait] = []

        package init() {}
    }

    /// What an await has captured: where the code ran that awaits, and so where it goes on.
    package struct Capture: Codable, Equatable, Sendable {
        /// Synchronization context or scheduler; empty for none, on a thread of the pool.
        package var scheduler = ""
        /// Whether the await asked to go on anywhere: what is captured does not hold.
        package var isAnywhere = false
        /// Whether the await asked not to go on in place, on the thread that completes.
        package var isAsynchronous = false
        /// Whether what is captured is left with the setting that had put the code there.
        package var isLeft = false
        /// Whether an operation of the port is awaited; else a task, an actor or the like is.
        package var isOfOperation = false

        package init() {}
    }

    /// What else is known of a machine.
    package struct MachineContext: Codable, Equatable, Sendable {
        /// How the task it came from is related to it.
        package enum Origin: String, Codable, Sendable {
            /// Nobody's: made outside of tasks.
            case none
            /// Made by a task, and on its own since: `Task { }`.
            case task
            /// A child of a task group of the parent.
            case group
            /// The child of an `async let` of the parent.
            case asyncLet
            /// The concurrency runtime's own, in which the parent sleeps.
            case sleep
        }

        package var origin = Origin.none
        /// The number of the task it came from; 0 for none.
        package var parent = 0
        /// A place in `States.chains`; `nil` where nothing was captured.
        package var chain: Int?
        /// Where it started, a place in `States.chains`.
        package var startChain: Int?
        /// Whether the frames are those of an earlier run: where it is suspended now (in a child
        /// task, an actor, a stream) is not known.
        package var isOfLastRun = false
        /// As Swift's `TaskPriority` counts; 0 where it is not known.
        package var priority = 0
        /// `nil` where it is not known.
        package var isCancelled: Bool?
        /// The scheduler that ran it last; empty for the pool.
        package var scheduler = ""
        /// What its await has captured; `nil` while it awaits nothing.
        package var capture: Capture?

        package init() {}

        /// Whether it is a child in the sense of structured concurrency: its parent's cancellation is
        /// its own, and its parent does not end before it.
        package var isChild: Bool { origin == .group || origin == .asyncLet }
    }
}
