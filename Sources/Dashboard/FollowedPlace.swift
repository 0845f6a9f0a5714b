// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// Where the machine that is followed is now, as its state and its newest hop tell.
enum FollowedPlace: Equatable {
    /// Suspended in something of its own, such as a child task: only memory.
    case memory
    /// Its operation waits for the kernel, with a descriptor or as a timer.
    case armed
    case timer
    /// Its packet waits for a poller.
    case port
    /// Its continuation waits for a thread.
    case queue
    /// A thread of that name works for it.
    case thread(String)

    /// `nil` where none is followed, or it has ended.
    init?(in model: Model) {
        guard let followed = model.tempo.followed, !followed.hasEnded else { return nil }
        let row = model.rows.machines.first { $0.number == followed.number }
        let held = model.tempo.held.first { $0.machine == followed.number }
        let last = Self.newestHop(of: followed, held: held, in: model)
        switch row?.state {
        case "running": self = .thread(row?.thread ?? "")
        case "queued": self = .queue
        case "suspended": self = .memory
        default:
            switch last?.station {
            // Held there, its packet is not the poller's yet.
            case .taken where held?.station == .taken: self = .port
            case .ready, .taken: self = .thread(last?.thread ?? "")
            case .performed: self = .port
            // Held there, the poller has not handed it over yet.
            case .placed where held?.station == .placed: self = .thread(last?.thread ?? "")
            case .placed: self = .queue
            case .began where row == nil: self = .thread(last?.thread ?? "")
            case .ended: return nil
            case .submitted, .began, nil:
                guard let row else { return nil }
                self = row.descriptor < 0 ? .timer : .armed
            }
        }
    }

    /// The hop that it has come to last, with the thread that makes it.
    ///
    /// Its story begins when somebody begins to follow it; until its next hop, the one that is held or
    /// has passed last tells where it is, if that is its own.
    private static func newestHop(
        of followed: RuntimeSnapshot.FollowedMachine,
        held: RuntimeSnapshot.HopRow?,
        in model: Model
    ) -> (station: RuntimeSnapshot.Station, thread: String)? {
        if let hop = followed.hops.last { return (hop.station, hop.thread) }
        if let held { return (held.station, held.thread) }
        guard let last = model.tempo.last, last.machine == followed.number else { return nil }
        return (last.station, last.thread)
    }

    /// The box of the picture.
    var station: PictureStation {
        switch self {
        case .memory: .machine
        case .armed, .timer: .kernel
        case .port: .port
        case .queue: .queues
        case .thread(let name): name.hasPrefix("poller-") ? .pollers : .workers
        }
    }
}

extension Model {
    /// The short name of a thread: lit and marked while it works for the machine that is followed.
    func span(ofThread name: String, as short: String) -> Span {
        FollowedPlace(in: self) == .thread(name)
            ? Span("\(short)\(glyphs.followed)", .followed) : Span(short, .strong)
    }

    /// A machine's number, lit and marked where it is the one that is followed.
    func span(ofMachine number: Int, _ usual: Style) -> Span {
        tempo.followed?.number == number
            ? Span("\(glyphs.followed)\(number)", .followed) : Span("#\(number)", usual)
    }

    /// Whether a packet is of the machine that is followed: the one that waits, or was taken last.
    func isFollowed(_ packet: RuntimeSnapshot.PacketRow) -> Bool {
        guard let followed = tempo.followed else { return false }
        if packet.number == followed.packet { return true }
        guard packet.isQueued, FollowedPlace(in: self) == .port else { return false }
        return rows.machines.contains { machine in
            machine.number == followed.number && machine.state == packet.operation
                && machine.descriptor == packet.descriptor && packet.descriptor >= 0
        }
    }
}
