// SPDX-License-Identifier: Apache-2.0

internal import Port
internal import Telemetry

/// What a hop did, in one sentence with names and numbers.
///
/// It says what the hop itself knows and what the registry says of its machine, no more.
struct HopSentence {
    let row: RuntimeSnapshot.HopRow

    init(
        _ held: HeldHop,
        thread: String,
        machine: StateMachineRegistry.Look?,
        placement: Placement,
        setting: PlacementSetting?
    ) {
        let words = Words(
            held: held,
            thread: thread,
            machine: machine,
            placement: placement,
            setting: setting
        )
        row = RuntimeSnapshot.HopRow(
            station: held.hop.station,
            thread: thread,
            machine: Int(clamping: held.subject),
            sentence: words.sentence
        )
    }
}

private struct Words {
    let held: HeldHop
    let thread: String
    let machine: StateMachineRegistry.Look?
    let placement: Placement
    let setting: PlacementSetting?

    var sentence: String {
        switch held.hop {
        case .submitted: submitted
        case .ready:
            "epoll told \(thread): fd \(held.argument) is ready; now \(call) may be called for \(name)"
        case .performed: performed
        case .taken: taken
        case .placed: placed
        case .began: began
        case .ended: "\(name) ended on \(thread)"
        }
    }

    /// `fetch #10233`.
    private var name: String {
        guard held.subject != 0 else { return "no machine of ours" }
        guard let machine, !machine.function.isEmpty else { return "machine #\(held.subject)" }
        return "\(machine.function) #\(held.subject)"
    }

    private var kind: OperationKind? { machine?.kind }

    /// The system call that readiness allows.
    private var call: String {
        switch kind {
        case .read: "recv"
        case .write: "send"
        case .accept: "accept"
        case .connect: "connect"
        case .sleep, .post, nil: "it"
        }
    }

    private var submitted: String {
        switch kind {
        case .sleep: "\(thread) set a timer for \(name); no thread waits for it"
        case .post: "\(thread) posted an empty packet for \(name)"
        case nil where held.argument < 0: "\(thread) submitted an operation for \(name)"
        default:
            "\(thread) submitted \(kind?.name ?? "an operation") on fd \(held.argument) for \(name): "
                + "armed, no thread waits"
        }
    }

    private var performed: String {
        let descriptor = machine.map { Int($0.descriptor) } ?? -1
        switch kind {
        case .sleep where held.argument >= 0:
            return "\(thread) found the timer of \(name) due: now there is a packet"
        case .post where held.argument >= 0:
            return "\(thread) made the empty packet of \(name)"
        case nil where held.argument >= 0:
            return "\(thread) completed an operation of \(name): now there is a packet"
        default: break
        }
        let result = kind.map { PacketEvent.words($0, Int64(held.argument)) } ?? "done"
        let operation = kind?.name ?? "an operation"
        guard held.argument >= 0 else {
            return "\(thread) ended the \(operation) of \(name): \(result)"
        }
        return "\(thread) called \(call) on fd \(descriptor): \(result); "
            + "now there is a packet, for \(name)"
    }

    private var taken: String {
        // The packet's own event was written just before the hop's.
        guard let event = held.lane.events.written(1), let packet = PacketEvent.decode(event) else {
            return "\(thread) took the packet of \(name)"
        }
        let descriptor = packet.descriptor >= 0 ? " on fd \(packet.descriptor)" : ""
        return "\(thread) took packet #\(packet.number): \(packet.operation.name)\(descriptor), "
            + "\(packet.result), for \(name)"
    }

    private var placed: String {
        guard held.subject != 0 else {
            return "\(thread) hands over what a packet brought for \(name)"
        }
        let resumption = Resumption(word: UInt(bitPattern: held.argument))
        switch resumption.place(placement, setting) {
        case Placement.inline.rawValue:
            return "\(thread) resumes \(name) inline: it runs it itself"
        case Placement.worker.rawValue:
            return "\(thread) resumes \(name): it queues it to the workers"
        case let place:
            return "\(thread) resumes \(name): posted to \(place)"
        }
    }

    private var began: String {
        guard held.subject != 0 else { return "\(thread) took a job of the concurrency runtime" }
        let from = held.lane.kind == .poller ? "runs it in place" : "took it from its queue"
        guard let machine, !machine.location.isEmpty else {
            return "\(thread) begins \(name), which is new: it \(from)"
        }
        // It may have awaited something else since, a child or an actor.
        return "\(thread) goes on with \(name): last operation \(machine.kindName), "
            + machine.shortLocation
    }
}
