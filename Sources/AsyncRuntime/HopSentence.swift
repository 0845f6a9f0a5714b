// SPDX-License-Identifier: Apache-2.0

internal import Port
internal import Telemetry

/// What a hop did, in one sentence with names and numbers.
///
/// It says what the hop itself knows and what its place in the source says of its machine, no more.
struct HopSentence {
    let facts: HopFacts
    let site: AwaitSites.Site

    /// The sentence, without its full stop.
    var sentence: String {
        switch facts.hop {
        case .submitted: submitted
        case .ready:
            "epoll told \(thread): fd \(facts.argument) is ready; now \(call) may be called for \(name)"
        case .performed: performed
        case .taken: taken
        case .placed: placed
        case .began: began
        case .ended: "\(name) ended on \(thread)"
        }
    }

    private var thread: String { facts.thread }

    /// `fetch #10233`.
    private var name: String {
        guard facts.machine != 0 else { return "no machine of ours" }
        guard !site.function.isEmpty else { return "machine #\(facts.machine)" }
        return "\(site.function) #\(facts.machine)"
    }

    /// What the machine awaits, or awaited last; `nil` before the first.
    private var kind: OperationKind? {
        facts.machine == 0 || site.location.isEmpty ? nil : site.kind
    }

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
        case nil where facts.argument < 0: "\(thread) submitted an operation for \(name)"
        default:
            "\(thread) submitted \(kind?.name ?? "an operation") on fd \(facts.argument) for \(name): "
                + "armed, no thread waits"
        }
    }

    private var performed: String {
        switch kind {
        case .sleep where facts.argument >= 0:
            return "\(thread) found the timer of \(name) due: now there is a packet"
        case .post where facts.argument >= 0:
            return "\(thread) made the empty packet of \(name)"
        case nil where facts.argument >= 0:
            return "\(thread) completed an operation of \(name): now there is a packet"
        default: break
        }
        let result = kind.map { PacketEvent.words($0, Int64(facts.argument)) } ?? "done"
        let operation = kind?.name ?? "an operation"
        guard facts.argument >= 0 else {
            return "\(thread) ended the \(operation) of \(name): \(result)"
        }
        return "\(thread) called \(call) on fd \(facts.place.descriptor): \(result); "
            + "now there is a packet, for \(name)"
    }

    private var taken: String {
        guard let packet = facts.packet.flatMap(PacketEvent.decode) else {
            return "\(thread) took the packet of \(name)"
        }
        let descriptor = packet.descriptor >= 0 ? " on fd \(packet.descriptor)" : ""
        return "\(thread) took packet #\(packet.number): \(packet.operation.name)\(descriptor), "
            + "\(packet.result), for \(name)"
    }

    private var placed: String {
        guard facts.machine != 0 else {
            return "\(thread) hands over what a packet brought for \(name)"
        }
        switch facts.destination {
        case Placement.inline.rawValue:
            return "\(thread) resumes \(name) inline: it runs it itself"
        case Placement.worker.rawValue:
            return "\(thread) resumes \(name): it queues it to the workers"
        case let place:
            return "\(thread) resumes \(name): posted to \(place)"
        }
    }

    private var began: String {
        guard facts.machine != 0 else { return "\(thread) took a job of the concurrency runtime" }
        let from = facts.isPoller ? "runs it in place" : "took it from its queue"
        guard let kind else {
            return "\(thread) runs \(name), which has awaited no operation yet: it \(from)"
        }
        // It may have awaited something else since, a child or an actor.
        return "\(thread) goes on with \(name): last operation \(kind.name), "
            + (site.location.split(separator: "/").last ?? "")
    }
}
