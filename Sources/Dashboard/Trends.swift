// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// The histories behind the sparklines: one value a second, taken from the snapshots.
struct Trends: Equatable, Sendable {
    /// Threads with a history of their own; rows beyond have no sparkline.
    private static let threadLimit = 256

    private(set) var submitted = History()
    private(set) var armed = History()
    private(set) var inKernel = History()
    private(set) var timers = History()
    private(set) var queued = History()
    private(set) var dequeued = History()
    private(set) var items = History()
    private(set) var resumed = History()
    private(set) var pollers: [Int: History] = [:]
    private(set) var workers: [Int: History] = [:]

    private var second: Double?
    /// The scenario's run from which the values are.
    private var run: Int?
    /// From when on rates are its own; they are means of a second.
    private var ratesFrom = 0.0

    /// Adds a snapshot's values if it is the first of its second.
    ///
    /// What has a peak on the screen counts with the most of its second: nothing is higher than its
    /// own peak. A scenario begins with none: what was most in the one before says nothing of it.
    mutating func record(_ snapshot: RuntimeSnapshot) {
        let run = snapshot.detail?.scenario.run ?? self.run
        guard self.run == nil || run == self.run else {
            var first = snapshot
            // The most since the snapshot before, which was of the other scenario.
            first.port.queuedPeak = snapshot.port.queued
            self = Trends()
            self.run = run
            ratesFrom = snapshot.elapsedSeconds + 1
            record(first)
            return
        }
        self.run = run
        let second = snapshot.elapsedSeconds.rounded(.down)
        let most = max(snapshot.port.queued, snapshot.port.queuedPeak)
        guard second != self.second else {
            armed.raise(to: Double(snapshot.port.armed))
            inKernel.raise(to: Double(snapshot.port.inKernel))
            timers.raise(to: Double(snapshot.port.timers))
            queued.raise(to: Double(most))
            items.raise(to: Double(snapshot.queues.depth))
            if let rates = rates(of: snapshot) { dequeued.raise(to: rates.dequeuedPerSecond) }
            return
        }
        self.second = second
        armed.append(Double(snapshot.port.armed))
        inKernel.append(Double(snapshot.port.inKernel))
        timers.append(Double(snapshot.port.timers))
        queued.append(Double(most))
        items.append(Double(snapshot.queues.depth))
        if let rates = rates(of: snapshot) {
            submitted.append(rates.submittedPerSecond)
            dequeued.append(rates.dequeuedPerSecond)
            resumed.append(rates.resumedPerSecond)
        }
        guard let detail = snapshot.detail else { return }
        pollers = Self.extend(
            pollers,
            with: detail.pollers.prefix(Self.threadLimit).map { ($0.number, $0.busyPercent) }
        )
        workers = Self.extend(
            workers,
            with: detail.workers.prefix(Self.threadLimit).map { ($0.number, $0.busyPercent) }
        )
    }

    private func rates(of snapshot: RuntimeSnapshot) -> RuntimeSnapshot.Rates? {
        snapshot.elapsedSeconds >= ratesFrom ? snapshot.detail?.rates : nil
    }

    /// Histories of the threads that exist; those of threads that have ended are dropped.
    private static func extend(
        _ histories: [Int: History],
        with values: [(number: Int, value: Double)]
    ) -> [Int: History] {
        var extended: [Int: History] = [:]
        for (number, value) in values {
            extended[number, default: histories[number] ?? History()].append(value)
        }
        return extended
    }
}

extension RuntimeSnapshot.Queues {
    /// Work items in all queues together.
    var depth: Int {
        local.reduce(global &+ highPriority) { $0 &+ $1 }
    }
}

extension Int {
    /// The whole part of a value, as far as there is such a number.
    init(clamping value: Double) {
        self = value.isNaN ? 0 : Int(Swift.min(Swift.max(value, -1e18), 1e18))
    }
}
