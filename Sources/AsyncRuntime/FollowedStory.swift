// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Port
internal import Synchronization
internal import Telemetry

/// The hops of the one machine that is followed, each with its time: a stopwatch.
///
/// While a machine is followed the gate looks at every hop, also at full speed, which costs a call
/// a hop; otherwise nobody calls this.
final class FollowedStory: Sendable {
    private struct Entry {
        var station: RuntimeSnapshot.Station
        var thread: String
        var at: Instant
    }

    private struct State {
        var machine: UInt64 = 0
        var entries: [Entry] = []
        var function = ""
        /// Number of the packet that was taken for it last.
        var packet: Int?
        /// In all and on a thread, of the last whole await.
        var lastAwait: (all: UInt64, onThread: UInt64)?
    }

    private static let capacity = 64

    private let state = Lock(State())
    private let machineWord = Atomic<UInt64>(0)

    /// The machine's number; 0 for none.
    var machine: UInt64 { machineWord.load(ordering: .relaxed) }

    func follow(_ machine: UInt64) {
        state.withLock { $0 = State(machine: machine) }
        machineWord.store(machine, ordering: .relaxed)
    }

    /// A hop of the machine, on the thread that makes it.
    func note(_ held: HeldHop, thread: String) {
        let now = Instant.now
        state.withLock { state in
            guard state.machine == held.subject else { return }
            let entry = Entry(station: held.hop.station, thread: thread, at: now)
            state.entries.append(entry)
            // The packet's own event was written just before the hop's.
            if held.hop == .taken, let event = held.lane.events.written(1) {
                state.packet = PacketEvent.number(event) ?? state.packet
            }
            if entry.station == .began || entry.station == .ended { FollowedStory.close(&state) }
            if state.entries.count > FollowedStory.capacity {
                state.entries.removeFirst(state.entries.count - FollowedStory.capacity)
            }
        }
    }

    /// The machine runs on: sums up what has come since it began to run before.
    private static func close(_ state: inout State) {
        guard state.entries.last?.station == .began,
            let before = state.entries.dropLast().lastIndex(where: { $0.station == .began })
        else { return }
        let round = state.entries[before...]
        var onThread: UInt64 = 0
        // From one beginning straight to the next it awaited something that is no operation, and
        // no hop says when it did.
        for (from, to) in zip(round, round.dropFirst())
        where from.station.occupiesThread && to.station != .began {
            onThread += to.at.nanoseconds(since: from.at)
        }
        guard let first = round.first, let last = round.last else { return }
        state.lastAwait = (last.at.nanoseconds(since: first.at), onThread)
    }

    func look(_ machine: StateMachineRegistry.Awaited?) -> RuntimeSnapshot.FollowedMachine? {
        state.withLock { state in
            guard state.machine != 0 else { return nil }
            if let machine { state.function = machine.function }
            var followed = RuntimeSnapshot.FollowedMachine(number: Int(state.machine))
            followed.function = state.function
            followed.hasEnded = machine == nil
            followed.packet = state.packet
            followed.awaitMicroseconds = state.lastAwait.map { Int($0.all / 1000) }
            followed.threadMicroseconds = state.lastAwait.map { Int($0.onThread / 1000) }
            var last = state.entries.first?.at
            for entry in state.entries {
                let since = last.map { entry.at.nanoseconds(since: $0) } ?? 0
                followed.hops.append(
                    RuntimeSnapshot.FollowedHop(
                        station: entry.station,
                        thread: entry.thread,
                        sinceLastMicroseconds: Int(since / 1000)
                    )
                )
                last = entry.at
            }
            return followed
        }
    }
}

extension RuntimeSnapshot.Station {
    /// Whether a thread works for the machine from here to its next hop; otherwise it waits: in the
    /// kernel, in the port, or in a queue.
    var occupiesThread: Bool {
        switch self {
        case .began, .ready, .taken: true
        case .submitted, .performed, .placed, .ended: false
        }
    }
}

extension Hop {
    var station: RuntimeSnapshot.Station {
        switch self {
        case .submitted: .submitted
        case .ready: .ready
        case .performed: .performed
        case .taken: .taken
        case .placed: .placed
        case .began: .began
        case .ended: .ended
        }
    }
}
