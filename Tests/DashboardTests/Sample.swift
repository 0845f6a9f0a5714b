// SPDX-License-Identifier: Apache-2.0

import Dashboard
import Telemetry

/// A made-up snapshot of a calm machine with two pollers and two workers.
enum Sample {
    /// A model that has seen 40 seconds of changing numbers, and then some keys.
    static func model(
        _ columns: Int,
        _ rows: Int,
        glyphs: Glyphs = .unicode,
        keys: [Key] = []
    ) -> Model {
        var model = Model(size: Size(columns: columns, rows: rows), glyphs: glyphs)
        for second in 0..<40 {
            var snapshot = snapshot(at: Double(62 + second))
            load(&snapshot, second)
            snapshot.port.armed += second * second % 97
            snapshot.port.queued = second * 7 % 5
            snapshot.port.queuedPeak = second == 0 ? 12 : 0
            snapshot.detail?.pollers[0].busyPercent = Double(second * 37 % 60)
            snapshot.detail?.workers[0].busyPercent = Double(second * 31 % 100)
            _ = update(&model, .snapshot(snapshot))
        }
        _ = update(&model, .snapshot(snapshot()))
        for key in keys {
            _ = update(&model, .key(key))
        }
        return model
    }

    /// A pool that starves from the 10th to the 25th second, while the goal goes up and down.
    private static func load(_ snapshot: inout RuntimeSnapshot, _ second: Int) {
        let added = min(max(0, second - 10), 15) / 3
        let isLate = second > 25
        snapshot.workers.goal = 2 + (isLate ? second % 2 : added)
        snapshot.workers.existing = 2 + (isLate ? 5 : added)
        snapshot.workers.processing = isLate ? 2 : 1 + added
        snapshot.workers.blocked = isLate ? 0 : added
        snapshot.detail?.rates.itemsPerSecond = Double(isLate ? 3911 : 3911 - 700 * added)
        let reason =
            isLate ? "ClimbingMove" : second % 6 == 0 ? "CooperativeBlocking" : "Starvation"
        if second == 0 || isLate || (added > 0 && second % 3 == 1) {
            snapshot.adjustments = [
                .init(
                    elapsedSeconds: snapshot.elapsedSeconds - 0.1,
                    from: snapshot.workers.goal - 1,
                    to: snapshot.workers.goal,
                    reason: second == 0 ? "Initializing" : reason
                )
            ]
        }
    }

    static func snapshot(at elapsedSeconds: Double = 102.4) -> RuntimeSnapshot {
        var snapshot = RuntimeSnapshot()
        snapshot.scenario = "fanout"
        snapshot.elapsedSeconds = elapsedSeconds
        snapshot.operations.submitted = 388_120
        snapshot.operations.inFlight = 578
        snapshot.operations.completed = 387_500
        snapshot.operations.failed = 2
        snapshot.operations.cancelled = 30
        snapshot.operations.timedOut = 10
        snapshot.operations.synchronous = 12_345
        snapshot.operations.raced = 7
        snapshot.port.armed = 391
        snapshot.port.timers = 187
        snapshot.port.queued = 1
        snapshot.port.queuedPeak = 1
        snapshot.port.concurrency = 2
        snapshot.port.batch = 64
        snapshot.port.waitMicroseconds = .init(p50: 12, p99: 1230, max: 21_000)
        snapshot.pollers.count = 2
        snapshot.pollers.minimum = 2
        snapshot.pollers.maximum = 1000
        snapshot.pollers.leader = 1
        snapshot.pollers.running = 1
        snapshot.workers.minimum = 2
        snapshot.workers.maximum = 32767
        snapshot.workers.goal = 2
        snapshot.workers.existing = 2
        snapshot.workers.processing = 1
        snapshot.workers.parked = 1
        snapshot.queues.global = 3
        snapshot.queues.oldestMicroseconds = 340_000
        snapshot.process.machinePercent = 45.2
        snapshot.queues.local = [0, 4]
        snapshot.machines.inFlight = 400
        snapshot.machines.started = 12_400
        snapshot.machines.finished = 12_000
        snapshot.requests.perSecond = 1912.5
        snapshot.requests.latencyMicroseconds.p50 = 100_400
        snapshot.requests.latencyMicroseconds.p90 = 101_000
        snapshot.requests.latencyMicroseconds.p99 = 104_000
        snapshot.requests.latencyMicroseconds.p999 = 130_000
        snapshot.requests.latencyMicroseconds.max = 210_000
        snapshot.process.threads = 8
        snapshot.process.residentBytes = 39_845_888
        snapshot.process.cpuPercent = 18.3
        snapshot.detail = detail()
        return snapshot
    }

    private static func detail() -> RuntimeSnapshot.Detail {
        var detail = RuntimeSnapshot.Detail()
        detail.rates.submittedPerSecond = 3912
        detail.rates.completedPerSecond = 3911
        detail.rates.dequeuedPerSecond = 3911
        detail.rates.resumedPerSecond = 3911
        detail.rates.stolenPerSecond = 12
        detail.rates.itemsPerSecond = 3911
        detail.climber.samples = 812
        detail.climber.sampleMicroseconds = 84_000
        detail.climber.intervalMicroseconds = 134_000
        detail.climber.throughput = 3911
        detail.climber.threadWave = 0.17
        detail.climber.throughputWave = -0.08
        detail.climber.throughputErrorEstimate = 0.05
        detail.climber.averageThroughputErrorEstimate = 0.061
        detail.climber.throughputRatio = -0.47
        detail.climber.confidence = 0.94
        detail.climber.controlSetting = 2.31
        detail.climber.waveMagnitude = 1
        detail.climber.reason = "ClimbingMove"
        detail.climber.utilizationPercent = 9
        detail.settings.clients = 200
        detail.settings.clientsMaximum = 9000
        detail.settings.delayMicroseconds = 100_000
        detail.settings.spreadMicroseconds = 10_000
        detail.settings.cpuMicroseconds = 20
        detail.scenario.summary = "A server that awaits a slow call, and its clients."
        detail.scenario.whatToLookFor = """
            Hundreds of operations are in flight at any moment, while hardly one thread is \
            running: nobody waits for them. Raise the clients and watch the threads.
            """
        detail.scenario.keys = [["4 then +", "more clients"], ["v", "the other way"]]
        detail.scenario.variants = ["awaited", "blocking"]
        detail.scenario.variant = 1
        detail.scenario.variantSentence = "Requests block their thread."
        detail.limits.pollers = 1000
        detail.limits.workers = 32767
        detail.limits.placements = ["worker", "inline"]
        detail.startedAtUnixSeconds = 1_700_000_000
        detail.utcOffsetSeconds = 3600
        detail.address = "127.0.0.1:40213"
        detail.caption = "578 operations in flight, 1 thread working: nobody waits for them."
        detail.packets = (0..<6).map { index in
            .init(
                number: 88_126 - index,
                operation: index % 2 == 0 ? "read" : "write",
                descriptor: index == 3 ? -1 : 17 + index,
                result: index == 4 ? "ECONNRESET" : "\(312 + index) B",
                waitedMicroseconds: 12 << index,
                isQueued: index == 0
            )
        }
        detail.pollers = [
            .init(
                number: 1,
                state: .leader,
                sinceMicroseconds: 120,
                packetsPerSecond: 3900,
                busyPercent: 18
            ),
            .init(
                number: 2,
                state: .running,
                sinceMicroseconds: 2_340_000,
                packetsPerSecond: 0,
                busyPercent: 0.2
            ),
        ]
        detail.workers = [
            .init(
                number: 1,
                state: .running,
                function: "fetch",
                machine: 10_233,
                sinceMicroseconds: 213,
                itemsPerSecond: 3911,
                busyPercent: 37.5,
                localQueue: 0
            ),
            .init(
                number: 2,
                state: .parked,
                function: "",
                machine: 0,
                sinceMicroseconds: 3_100_000,
                itemsPerSecond: 0,
                busyPercent: 0,
                localQueue: 4
            ),
        ]
        detail.functions = [
            .init(
                function: "fetch",
                running: 1,
                waiting: ["connect": 0, "write": 1, "read": 186, "sleep": 12],
                donePerSecond: 1912
            ),
            .init(
                function: "serve",
                running: 0,
                waiting: ["read": 13, "sleep": 187],
                donePerSecond: 1911
            ),
        ]
        detail.functions[0].waitP50Microseconds = 101_000
        detail.functions[0].waitP99Microseconds = 104_200
        detail.machines = (0..<40).map { index in
            .init(
                number: 10_233 + index,
                function: index % 2 == 0 ? "fetch" : "serve",
                state: index == 0 ? "running" : index == 1 ? "queued" : "read",
                descriptor: index < 2 ? -1 : 17 + index,
                ageMicroseconds: 4_100_000 - index * 1000,
                sinceMicroseconds: 213 * (index + 1),
                runningMicroseconds: 1200,
                queuedMicroseconds: 300,
                waitingMicroseconds: 4_000_000,
                hops: 6 + index,
                thread: "worker-\(index % 2 + 1)",
                site: "Client.swift:\(41 + index)"
            )
        }
        detail.events = [
            .init(elapsedSeconds: 0.1, name: "ThreadPoolWorkerThreadStart", text: "worker-1"),
            .init(elapsedSeconds: 0.1, name: "ThreadPoolWorkerThreadStart", text: "worker-2"),
            .init(
                elapsedSeconds: 62.3,
                name: "ThreadPoolWorkerThreadAdjustmentAdjustment",
                text: "goal 3 → 2  ClimbingMove  21380 items/s"
            ),
            .init(
                elapsedSeconds: 72.3,
                name: "ThreadPoolWorkerThreadAdjustmentAdjustment",
                text: "goal 2 ↔ 3  ClimbingMove  now 2  3911 items/s"
            ),
        ]
        detail.events[3].count = 12
        detail.events[3].spanSeconds = 2.9
        detail.eventsBefore = 7
        return detail
    }
}
