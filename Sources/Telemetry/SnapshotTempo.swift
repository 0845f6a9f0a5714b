// SPDX-License-Identifier: Apache-2.0

extension RuntimeSnapshot {
    /// How fast the world goes, what stands at the gate of hops, and the machine that is followed.
    package struct Tempo: Codable, Equatable, Sendable {
        /// How long each hop is held; 0 is full speed.
        package var microsecondsPerHop = 0
        package var isPaused = false
        /// Hops that were let through one by one since the world was paused.
        package var steps = 0
        /// Steps that were asked for and wait for a hop.
        package var openings = 0
        /// Whether world time stands still at this moment.
        package var isStanding = false
        /// Real time since the start, which goes on while world time stands.
        package var realSeconds = 0.0
        /// Hops that have passed the gate one by one since the start.
        package var passed = 0
        /// The hop that passed the gate last; `nil` at full speed.
        package var last: HopRow?
        /// Hops that are held, in the order in which they will pass; the first few.
        package var held: [HopRow] = []
        package var heldCount = 0
        package var followed: FollowedMachine?

        package init() {}
    }

    /// A station of the picture that a hop leads to.
    package enum Station: String, Codable, CaseIterable, Sendable {
        /// User code handed an operation to the port.
        case submitted
        /// epoll reported readiness.
        case ready
        /// Our call was made, or a timer was due.
        case performed
        /// A poller took the packet.
        case taken
        /// The poller resumed the continuation.
        case placed
        /// A thread began to run the machine on.
        case began
        /// The machine ended.
        case ended
    }

    /// One hop, held or passed.
    package struct HopRow: Codable, Equatable, Sendable {
        package var station: Station
        /// Name of the thread that made it.
        package var thread: String
        /// Number of the state machine; 0 for none.
        package var machine: Int
        /// What has happened, as a sentence.
        package var sentence: String
        /// Number of the packet, of a hop that takes one.
        package var packet: Int?

        package init(station: Station, thread: String, machine: Int, sentence: String) {
            self.station = station
            self.thread = thread
            self.machine = machine
            self.sentence = sentence
        }
    }

    /// The state machine that is followed, and its newest hops.
    package struct FollowedMachine: Codable, Equatable, Sendable {
        package var number: Int
        package var function = ""
        package var hasEnded = false
        /// The completion packet that a poller took for it last.
        package var packet: Int?
        /// Its hops, oldest first.
        package var hops: [FollowedHop] = []
        /// Its last whole await: from the thread that ran it before to the thread that ran it on.
        package var awaitMicroseconds: Int?
        /// Of that time, what threads spent on it: user code before the await, and the poller.
        package var threadMicroseconds: Int?

        package init(number: Int) {
            self.number = number
        }
    }

    /// One hop of the machine that is followed.
    package struct FollowedHop: Codable, Equatable, Sendable {
        package var station: Station
        package var thread: String
        /// World time since the hop before; 0 for the first.
        package var sinceLastMicroseconds: Int

        package init(station: Station, thread: String, sinceLastMicroseconds: Int) {
            self.station = station
            self.thread = thread
            self.sinceLastMicroseconds = sinceLastMicroseconds
        }
    }
}
