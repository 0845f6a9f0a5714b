// SPDX-License-Identifier: Apache-2.0

internal import DequeModule
internal import Kernel
internal import Telemetry

/// Rare events of the runtime in words, and the changes of the pool's goal; the newest of each.
final class EventLog: Sendable {
    private struct State {
        var events = Deque<RuntimeSnapshot.EventRow>()
        var adjustments = Deque<RuntimeSnapshot.Adjustment>()
        var stoodStill = Duration.zero
    }

    private static let eventCapacity = 500
    /// As many as .NET's hill climbing log holds.
    private static let adjustmentCapacity = 200

    private let startedAt = Instant.now
    /// The time of the day at the start.
    ///
    /// Later times follow from it: a clock that is set meanwhile does not reorder the log.
    let startedAtUnixSeconds = WallClock.unixSeconds
    let utcOffsetSeconds = WallClock.utcOffsetSeconds
    private let state = Lock(State())

    var elapsed: Duration { Instant.now.duration(since: startedAt) }

    var elapsedSeconds: Double { elapsed / .seconds(1) }

    func append(_ name: String, _ text: String) {
        var row = RuntimeSnapshot.EventRow(elapsedSeconds: elapsedSeconds, name: name, text: text)
        state.withLock { state in
            row.stoppedSeconds = state.stoodStill / .seconds(1)
            state.events.append(row)
            if state.events.count > EventLog.eventCapacity { state.events.removeFirst() }
        }
    }

    /// The clock has stood still; `total` is for how long since the process began.
    func appendContinuation(afterStops total: Duration) {
        let last = state.withLock { state in
            defer { state.stoodStill = total }
            return total - state.stoodStill
        }
        let seconds = (last / .seconds(1)).rounded()
        append("Continued", "after \(Int(seconds)) s, in which the clock stood still")
    }

    func appendAdjustment(from: Int, to: Int, reason: String, throughput: Double = 0) {
        let adjustment = RuntimeSnapshot.Adjustment(
            elapsedSeconds: elapsedSeconds,
            from: from,
            to: to,
            reason: reason
        )
        let rate = throughput > 0 ? "  \(Int(throughput.rounded())) items/s" : ""
        append(
            "ThreadPoolWorkerThreadAdjustmentAdjustment",
            "goal \(from) → \(to)  \(reason)\(rate)"
        )
        state.withLock { state in
            state.adjustments.append(adjustment)
            if state.adjustments.count > EventLog.adjustmentCapacity {
                state.adjustments.removeFirst()
            }
        }
    }

    var newest: (events: [RuntimeSnapshot.EventRow], adjustments: [RuntimeSnapshot.Adjustment]) {
        state.withLock { (Array($0.events.suffix(100)), Array($0.adjustments)) }
    }
}
