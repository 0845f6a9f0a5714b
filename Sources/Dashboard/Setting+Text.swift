// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

extension Setting {
    /// What the key bar calls it.
    var name: String {
        switch self {
        case .concurrency: "concurrency"
        case .batch: "batch"
        case .skipOnSuccess: "skip on success"
        case .pollerMinimum, .workerMinimum: "minimum"
        case .pollerMaximum, .workerMaximum: "maximum"
        case .hillClimbing: "hill climbing"
        case .cooperativeBlocking: "cooperative"
        case .starvationDetection: "starvation"
        case .localHandOver: "hand over"
        case .idleTimeout: "idle time-out"
        case .placement: "placement"
        case .clients: "clients"
        case .rate: "loop"
        case .delay: "delay"
        case .spread: "spread"
        case .processorTime: "CPU per request"
        case .blockingPercent: "blocking"
        case .blockingTime: "blocking time"
        case .resetPercent: "resets"
        case .variant: "variant"
        }
    }

    /// What it belongs to.
    var owner: String {
        switch self {
        case .pollerMinimum, .pollerMaximum: "pollers"
        case .concurrency, .batch, .skipOnSuccess: "port"
        case .workerMinimum, .workerMaximum, .hillClimbing, .cooperativeBlocking,
            .starvationDetection, .localHandOver, .idleTimeout:
            "workers"
        case .placement: "runtime"
        default: "load"
        }
    }

    /// What a notice calls it.
    var subject: String {
        switch self {
        case .concurrency: "port: concurrency value"
        case .clients: "state machines: clients"
        default: "\(owner): \(name)"
        }
    }

    /// What it does, in a sentence.
    var explanation: String {
        switch self {
        case .skipOnSuccess: "What succeeds at once goes on at once, without a packet in the port."
        case .pollerMinimum: "Threads that take packets from the port."
        case .pollerMaximum: "No more pollers than this, whatever happens."
        case .concurrency: "How many pollers may run at once; the rest waits in reserve."
        case .batch: "Packets that a poller takes at once; in bounded batches, nobody starves."
        case .workerMinimum: "Threads that the pool creates as soon as there is work."
        case .workerMaximum: "No more workers than this, whatever happens."
        case .hillClimbing: "Throughput decides how many workers there are."
        case .cooperativeBlocking: "A worker that says that it blocks is made up for."
        case .starvationDetection: "A worker is added when nobody takes work for half a second."
        case .localHandOver: "Before it blocks, a worker gives its own items to all."
        case .idleTimeout: "A worker that has been idle for so long leaves."
        case .placement: "Where a continuation runs once its operation is complete."
        case .clients: "Clients of the scenario; each is a state machine."
        case .rate: "Closed: ask again after the answer. Open: ask by a timetable."
        case .delay: "How long the call downstream takes that each request awaits."
        case .spread: "The delay varies by this much in both directions."
        case .processorTime: "Processor time that each request burns."
        case .blockingPercent: "Requests in a hundred that block their thread."
        case .blockingTime: "For how long those requests block it."
        case .resetPercent: "Answers in a hundred after which the client resets its connection."
        case .variant: "Which of its ways the scenario goes."
        }
    }

    /// A value with its unit.
    func text(_ value: Int, in snapshot: RuntimeSnapshot?, glyphs: Glyphs) -> String {
        switch self {
        case .placement:
            let names = snapshot?.detail?.limits.placements ?? []
            return names.indices.contains(value) ? names[value] : snapshot?.placement ?? ""
        case .variant:
            let names = snapshot?.detail?.scenario.variants ?? []
            return names.indices.contains(value) ? names[value] : "\(value)"
        case .skipOnSuccess, .hillClimbing, .cooperativeBlocking, .starvationDetection,
            .localHandOver:
            return value == 1 ? "on" : "off"
        case .rate: return value == 0 ? "closed loop" : "\(value)/s"
        case .delay, .spread, .processorTime, .blockingTime, .idleTimeout:
            return Self.time(value, glyphs)
        case .blockingPercent, .resetPercent: return "\(value)%"
        default: return "\(value)"
        }
    }

    /// A time with all its digits, in the largest unit that needs no fraction.
    private static func time(_ microseconds: Int, _ glyphs: Glyphs) -> String {
        if microseconds == 0 { return "0" }
        if microseconds % 3_600_000_000 == 0 { return "\(microseconds / 3_600_000_000)h" }
        if microseconds % 1_000_000 == 0 { return "\(microseconds / 1_000_000)s" }
        if microseconds % 1000 == 0 { return "\(microseconds / 1000)ms" }
        return "\(microseconds)\(glyphs.micro)s"
    }
}
