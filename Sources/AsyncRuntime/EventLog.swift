// SPDX-License-Identifier: Apache-2.0

internal import DequeModule
internal import Kernel
internal import Pool
internal import Telemetry

/// Rare events of the runtime in words, and the changes of the pool's goal; the newest of each.
final class EventLog: Sendable {
    private struct Entry {
        var row: RuntimeSnapshot.EventRow
        /// Entries with the same one are told together; `nil` stands alone.
        var key: String?
    }

    /// Under which key an event is told together with others, for how long, and in what words.
    private struct Folding {
        var key: String
        var seconds: Double
        var text: String
    }

    private struct State {
        var entries = Deque<Entry>()
        /// Entries that had to go.
        var forgotten = 0
        var adjustments = Deque<RuntimeSnapshot.Adjustment>()
    }

    private static let eventCapacity = 500
    /// How many entries from the end one may be to which an event is added.
    private static let foldingReach = 16
    /// As many as .NET's hill climbing log holds.
    private static let adjustmentCapacity = 200

    private let startedAt = Instant.now
    private let stoodStillBefore = WorldClock.stoodStill
    /// The time of the day at the start.
    ///
    /// Later times follow from it: a clock that is set meanwhile does not reorder the log.
    let startedAtUnixSeconds = WallClock.unixSeconds
    let utcOffsetSeconds = WallClock.utcOffsetSeconds
    private let state = Lock(State())

    var elapsed: Duration { Instant.now.duration(since: startedAt) }

    var elapsedSeconds: Double { elapsed / .seconds(1) }

    func append(_ name: String, _ text: String) {
        append(name, text, count: 1, nil)
    }

    /// Real time since the start, which goes on while the clock stands.
    var realSeconds: Double { elapsedSeconds + stoodStillSeconds }

    /// For how long the clock has stood still since the start.
    private var stoodStillSeconds: Double {
        (WorldClock.stoodStill - stoodStillBefore) / .seconds(1)
    }

    /// The process was stopped from the keyboard for so long, in which the clock stood still.
    func appendContinuation(after stop: Duration) {
        let seconds = (stop / .seconds(1)).rounded()
        append("Continued", "after \(Int(seconds)) s, in which the clock stood still")
    }

    /// A hop that was held has passed the gate.
    func append(hop sentence: String, number: Int) {
        append("Hop", "\(number)  \(sentence)")
    }

    /// Adds an event, or adds it to an entry of the same kind that is still near the end.
    ///
    /// At light load hill climbing moves the goal up and down five times a second, as .NET's does:
    /// one entry with a count says that better than fifty. Nothing is left out: each counts.
    private func append(_ name: String, _ text: String, count: Int, _ folding: Folding?) {
        let now = elapsedSeconds
        let stopped = stoodStillSeconds
        state.withLock { state in
            if let folding, let index = EventLog.place(of: folding, in: state.entries, at: now) {
                state.entries[index].row.text = folding.text
                state.entries[index].row.count += count
                state.entries[index].row.spanSeconds =
                    now - state.entries[index].row.elapsedSeconds
                return
            }
            var row = RuntimeSnapshot.EventRow(elapsedSeconds: now, name: name, text: text)
            row.count = count
            row.stoppedSeconds = stopped
            state.entries.append(Entry(row: row, key: folding?.key))
            if state.entries.count > EventLog.eventCapacity {
                state.entries.removeFirst()
                state.forgotten += 1
            }
        }
    }

    private static func place(
        of folding: Folding,
        in entries: Deque<Entry>,
        at now: Double
    ) -> Int? {
        entries.indices.suffix(foldingReach).last { index in
            entries[index].key == folding.key
                && now - entries[index].row.elapsedSeconds < folding.seconds
        }
    }

    // MARK: The pool

    func appendAdjustment(from: Int, to: Int, reason: String, throughput: Double = 0) {
        let adjustment = RuntimeSnapshot.Adjustment(
            elapsedSeconds: elapsedSeconds,
            from: from,
            to: to,
            reason: reason
        )
        state.withLock { state in
            state.adjustments.append(adjustment)
            if state.adjustments.count > EventLog.adjustmentCapacity {
                state.adjustments.removeFirst()
            }
        }
        let rate = throughput > 0 ? "  \(Int(throughput.rounded())) items/s" : ""
        let (low, high) = (min(from, to), max(from, to))
        append(
            "ThreadPoolWorkerThreadAdjustmentAdjustment",
            "goal \(from) → \(to)  \(reason)\(rate)",
            count: 1,
            Folding(
                key: "\(reason) \(low) \(high)",
                seconds: 10,
                text: "goal \(low) ↔ \(high)  \(reason)  now \(to)\(rate)"
            )
        )
    }

    /// Hill climbing has used a sample: two events in .NET.
    func append(sample: HillClimbing.Measurement) {
        let rate = "throughput \(Int(sample.throughput.rounded())) items/s"
        chat("ThreadPoolWorkerThreadAdjustmentSample", rate)
        let parts = [
            "ratio \(EventLog.hundredths(sample.throughputRatio))",
            "confidence \(EventLog.hundredths(sample.confidence))",
            "control \(EventLog.hundredths(sample.newControlSetting))",
            "wave \(sample.newThreadWaveMagnitude)", rate,
        ]
        chat("ThreadPoolWorkerThreadAdjustmentStats", parts.joined(separator: "  "))
    }

    /// Workers went to sleep so many times since this was last said.
    func append(waits: Int) {
        if waits > 0 { chat("ThreadPoolWorkerThreadWait", "for want of work", count: waits) }
    }

    func append(limits: (minimum: Int, maximum: Int)) {
        append("ThreadPoolMinMaxThreads", "workers \(limits.minimum) to \(limits.maximum)")
    }

    /// What happens all the time: an entry a minute, with the words of the newest.
    private func chat(_ name: String, _ text: String, count: Int = 1) {
        append(name, text, count: count, Folding(key: name, seconds: 60, text: text))
    }

    private static func hundredths(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e9 else { return "-" }
        let hundredths = Int((abs(value) * 100).rounded())
        let digits = hundredths % 100
        let sign = value < 0 && hundredths > 0 ? "-" : ""
        return "\(sign)\(hundredths / 100).\(digits < 10 ? "0" : "")\(digits)"
    }

    // MARK: Reading

    /// The newest of the log.
    struct Newest {
        var events: [RuntimeSnapshot.EventRow]
        /// Entries before the first of them.
        var eventsBefore: Int
        var adjustments: [RuntimeSnapshot.Adjustment]
    }

    var newest: Newest {
        state.withLock { state in
            let shown = state.entries.suffix(100)
            return Newest(
                events: shown.map(\.row),
                eventsBefore: state.forgotten + state.entries.count - shown.count,
                adjustments: Array(state.adjustments)
            )
        }
    }
}
