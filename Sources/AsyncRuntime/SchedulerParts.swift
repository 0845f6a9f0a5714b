// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Pool
internal import Synchronization
internal import Telemetry

/// The schedulers' part of a snapshot, and the deadlocks among them.
extension SnapshotParts {
    /// A row for each scheduler that has been used.
    func schedulerRows(
        _ now: Instant,
        _ past: [ObjectIdentifier: SamplerState.LaneProgress],
        _ seconds: Double
    ) -> [RuntimeSnapshot.SchedulerRow] {
        let schedulers = executor.schedulers
        var rows: [RuntimeSnapshot.SchedulerRow] = []
        for scheduler in [schedulers.context, schedulers.dedicated] {
            let (lane, queued, _) = scheduler.look(machines: 0)
            guard let lane else { continue }
            let (value, since) = lane.state
            var row = RuntimeSnapshot.SchedulerRow(name: scheduler.name.rawName)
            row.thread = scheduler.name.threadName
            row.queued = queued
            switch Worker.State(rawValue: value) {
            case .blocked: row.state = .blocked
            case .running: row.state = .running
            default: row.state = .parked
            }
            row.running = row.state == .parked ? 0 : 1
            row.machine = Int(lane.machine.load(ordering: .relaxed))
            row.sinceMicroseconds = SnapshotParts.microseconds(since: since, now)
            let then = past[ObjectIdentifier(lane)]
            let items = lane.progress(.executed) - (then?.items ?? 0)
            let busy = lane.busyNanoseconds(at: now.nanoseconds) - (then?.busy ?? 0)
            row.itemsPerSecond = seconds > 0 ? Double(items) / seconds : 0
            row.busyPercent = SnapshotParts.percent(busy, seconds)
            rows.append(row)
        }
        let limited = schedulers.limited.counts
        if executor.placement == .limited || limited.draining > 0 {
            var row = RuntimeSnapshot.SchedulerRow(name: SchedulerName.limited.rawName)
            row.queued = limited.queued
            row.running = limited.draining
            row.limit = schedulers.limited.limit
            row.state = limited.draining > 0 ? .running : .parked
            rows.append(row)
        }
        return rows
    }

    /// The threads that wait for themselves, each as the cycle of who waits for whom.
    ///
    /// A scheduler's thread that is blocked until a machine ends, while that machine's continuation
    /// waits in the thread's own queue: nobody else ever takes it out.
    func deadlocks(_ waits: [SynchronousWait]) -> [String] {
        let schedulers = executor.schedulers
        var sentences: [String] = []
        for scheduler in [schedulers.context, schedulers.dedicated] {
            let thread = scheduler.name.threadName
            let (_, _, queued) = scheduler.look(machines: 1024)
            for wait in waits where wait.thread == thread {
                let machine = wait.machine.load(ordering: .relaxed)
                guard machine != 0, queued.contains(machine) else { continue }
                sentences.append(
                    "Deadlock: \(thread) -> machine #\(machine) -> queue of \(thread) -> \(thread)"
                )
            }
        }
        return sentences
    }
}

extension SchedulerName {
    /// The placement of the same name.
    package var rawName: String {
        switch self {
        case .context: Placement.context.rawValue
        case .limited: Placement.limited.rawValue
        case .dedicated: Placement.dedicated.rawValue
        }
    }
}
