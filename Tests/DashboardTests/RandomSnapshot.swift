// SPDX-License-Identifier: Apache-2.0

import Dashboard
import Telemetry

/// Random numbers that a seed repeats.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Snapshots that no runtime would send, to see that the view copes with all of them.
enum RandomSnapshot {
    private static func twin(using random: inout SplitMix64) -> TwinComparison {
        var twin = TwinComparison()
        twin.running = Bool.random(using: &random) ? .async : .sync
        twin.turnSeconds = real(using: &random)
        twin.elapsedSeconds = real(using: &random)
        for way in TwinComparison.Way.allCases {
            twin[way].turns = number(using: &random)
            twin[way].seconds = real(using: &random)
            twin[way].threads = number(using: &random)
            twin[way].residentBytes = number(using: &random)
            twin[way].contextSwitches = number(using: &random)
            twin[way].cpuPercent = real(using: &random)
            twin[way].requests.completed = number(using: &random)
            twin[way].requests.perSecond = real(using: &random)
            twin[way].requests.latencyMicroseconds.p99 = number(using: &random)
            twin[way].problem = Bool.random(using: &random) ? "" : text(using: &random)
        }
        return twin
    }

    static func make(using random: inout SplitMix64) -> RuntimeSnapshot {
        var snapshot = RuntimeSnapshot()
        snapshot.scenario = text(using: &random)
        snapshot.engine = Bool.random(using: &random) ? "epoll" : text(using: &random)
        snapshot.elapsedSeconds = real(using: &random)
        snapshot.operations.submitted = number(using: &random)
        snapshot.operations.inFlight = number(using: &random)
        snapshot.operations.completed = number(using: &random)
        snapshot.port.armed = number(using: &random)
        snapshot.port.inKernel = number(using: &random)
        snapshot.port.queuedPeak = number(using: &random)
        snapshot.port.staleEvents = number(using: &random)
        snapshot.port.concurrency = number(using: &random)
        snapshot.pollers.maximum = number(using: &random)
        snapshot.pollers.minimum = number(using: &random)
        snapshot.pollers.inline = number(using: &random)
        snapshot.workers.maximum = number(using: &random)
        snapshot.workers.blocked = number(using: &random)
        snapshot.workers.goal = number(using: &random)
        snapshot.workers.existing = number(using: &random)
        snapshot.workers.processing = number(using: &random)
        snapshot.queues.oldestMicroseconds = number(using: &random)
        snapshot.process.machinePercent = real(using: &random)
        for _ in 0..<count(using: &random) {
            snapshot.adjustments.append(
                .init(
                    elapsedSeconds: real(using: &random),
                    from: number(using: &random),
                    to: number(using: &random),
                    reason: Bool.random(using: &random) ? "Starvation" : text(using: &random)
                )
            )
        }
        snapshot.queues.local = (0..<count(using: &random)).map { _ in number(using: &random) }
        snapshot.requests.perSecond = real(using: &random)
        snapshot.requests.latencyMicroseconds.p99 = number(using: &random)
        snapshot.process.cpuPercent = real(using: &random)
        snapshot.process.residentBytes = number(using: &random)
        snapshot.telemetry.droppedEvents = number(using: &random)
        if Bool.random(using: &random) { snapshot.twin = twin(using: &random) }
        if Bool.random(using: &random) {
            snapshot.detail = detail(using: &random)
        }
        return snapshot
    }

    static func key(using random: inout SplitMix64) -> Key {
        let keys: [Key] = [
            .up, .down, .pageUp, .pageDown, .home, .end, .tab, .backTab, .escape, .function(1),
            .character("+"), .character("-"), .character("4"), .character("?"), .enter,
            .character("o"), .character("l"), .character("<"), .character(">"), .character("I"),
            .character("r"), .left, .right, .character("c"), .character("c"), .character("3"),
        ]
        return keys.randomElement(using: &random) ?? .up
    }

    static func mouse(using random: inout SplitMix64) -> MouseEvent {
        let kinds: [MouseEvent.Kind] = [.press, .press, .doublePress, .wheelUp, .wheelDown]
        return MouseEvent(
            kind: kinds.randomElement(using: &random) ?? .press,
            column: .random(in: -2...300, using: &random),
            row: .random(in: -2...100, using: &random)
        )
    }

    static func cost(using random: inout SplitMix64) -> DashboardCost {
        DashboardCost(
            processorPercent: real(using: &random),
            bytesPerSecond: real(using: &random),
            droppedFrames: number(using: &random)
        )
    }

    private static func detail(using random: inout SplitMix64) -> RuntimeSnapshot.Detail {
        var detail = RuntimeSnapshot.Detail()
        detail.caption = text(using: &random)
        detail.address = text(using: &random)
        detail.rates.submittedPerSecond = real(using: &random)
        detail.rates.itemsPerSecond = real(using: &random)
        detail.climber.confidence = real(using: &random)
        detail.climber.controlSetting = real(using: &random)
        detail.climber.throughput = real(using: &random)
        detail.rates.stolenPerSecond = real(using: &random)
        detail.settings.clients = number(using: &random)
        detail.settings.clientsMaximum = number(using: &random)
        detail.settings.delayMicroseconds = number(using: &random)
        detail.settings.blockingPercent = real(using: &random)
        detail.limits.pollers = number(using: &random)
        detail.limits.placements = [text(using: &random), text(using: &random)]
        detail.startedAtUnixSeconds = real(using: &random)
        detail.settings.ratePerSecond = real(using: &random)
        for _ in 0..<count(using: &random) {
            detail.packets.append(
                .init(
                    number: number(using: &random),
                    operation: text(using: &random),
                    descriptor: number(using: &random),
                    result: text(using: &random),
                    waitedMicroseconds: number(using: &random),
                    isQueued: .random(using: &random)
                )
            )
            detail.pollers.append(
                .init(
                    number: number(using: &random),
                    state: .leader,
                    sinceMicroseconds: number(using: &random),
                    packetsPerSecond: real(using: &random),
                    busyPercent: real(using: &random)
                )
            )
        }
        for _ in 0..<count(using: &random) {
            detail.workers.append(
                .init(
                    number: number(using: &random),
                    state: .blocked,
                    function: text(using: &random),
                    machine: number(using: &random),
                    sinceMicroseconds: number(using: &random),
                    itemsPerSecond: real(using: &random),
                    busyPercent: real(using: &random),
                    localQueue: number(using: &random)
                )
            )
            let waiting = [text(using: &random): number(using: &random)]
            detail.functions.append(
                .init(
                    function: text(using: &random),
                    running: number(using: &random),
                    waiting: waiting,
                    donePerSecond: real(using: &random)
                )
            )
            let event = text(using: &random)
            detail.events.append(
                .init(elapsedSeconds: real(using: &random), name: event, text: event)
            )
            detail.events[detail.events.count - 1].count = number(using: &random)
            detail.events[detail.events.count - 1].spanSeconds = real(using: &random)
        }
        return detail
    }

    private static func number(using random: inout SplitMix64) -> Int {
        let limit = 1 << Int.random(in: 0...45, using: &random)
        return .random(in: -2...limit, using: &random)
    }

    private static func real(using random: inout SplitMix64) -> Double {
        switch Int.random(in: 0..<8, using: &random) {
        case 0: .nan
        case 1: .infinity
        case 2: -1
        case 3: 1e300
        default: .random(in: 0...1e6, using: &random)
        }
    }

    private static func count(using random: inout SplitMix64) -> Int {
        Bool.random(using: &random) ? 0 : .random(in: 0...40, using: &random)
    }

    static func text(using random: inout SplitMix64) -> String {
        let pieces = ["fetch", "日本語", "e\u{301}", "🙂", "\u{1B}[2J", "\n", "ü", "", " ", "\u{200F}"]
        return (0..<Int.random(in: 0...9, using: &random)).reduce(into: "") { text, _ in
            text += pieces.randomElement(using: &random) ?? ""
        }
    }
}
