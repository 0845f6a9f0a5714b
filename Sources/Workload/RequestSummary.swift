// SPDX-License-Identifier: Apache-2.0

internal import AsyncRuntime
internal import Histogram
internal import Telemetry

/// Which part of the run the request figures of a snapshot describe.
package enum RequestSpan: Sendable {
    /// Rate over about a second, latencies over about five: what a live screen shows.
    case recent
    /// Since the start: what a report states.
    case wholeRun
}

/// Turns the ledger into figures.
///
/// A pure value: clock and counts are handed in.
struct RequestSummary {
    /// Latencies are kept by the second; this many seconds make the recent span.
    static let windowSeconds = 5

    private var wholeRun = LatencyHistogram.ofLatencies()
    private var seconds: [LatencyHistogram] = []
    private var currentSecond = 0
    /// Latencies of the recent span, as of the beginning of the current second.
    private var recent = RuntimeSnapshot.Percentiles()
    /// Counts at earlier moments, oldest first, reaching back a little more than a second.
    private var marks: [(elapsed: Duration, completed: Int)] = [(.zero, 0)]

    /// Takes in what was recorded since the last call.
    mutating func add(_ fresh: LatencyHistogram, completed: Int, at elapsed: Duration) {
        if fresh.totalCount > 0 { wholeRun.add(fresh) }
        let second = Int(elapsed.components.seconds)
        let isNewSecond = seconds.isEmpty || second > currentSecond
        if isNewSecond {
            let missed = seconds.isEmpty ? 1 : min(second - currentSecond, Self.windowSeconds)
            for _ in 0..<missed { seconds.append(.ofLatencies()) }
            seconds.removeFirst(max(0, seconds.count - Self.windowSeconds))
            currentSecond = second
        }
        if fresh.totalCount > 0 { seconds[seconds.count - 1].add(fresh) }
        if isNewSecond || recent.max == 0 { summarizeRecent() }

        marks.append((elapsed, completed))
        while marks.count > 2, elapsed - marks[1].elapsed >= .seconds(1) { marks.removeFirst() }
    }

    func perSecond(over span: RequestSpan) -> Double {
        guard let last = marks.last, let oldest = marks.first else { return 0 }
        let from = span == .wholeRun ? (elapsed: .zero, completed: 0) : oldest
        let time = (last.elapsed - from.elapsed) / .seconds(1)
        return time > 0 ? Double(last.completed - from.completed) / time : 0
    }

    func percentiles(over span: RequestSpan) -> RuntimeSnapshot.Percentiles {
        span == .recent ? recent : Self.percentiles(of: wholeRun)
    }

    /// Percentiles cost more than all else here, and those of seconds do not move faster.
    private mutating func summarizeRecent() {
        var histogram = LatencyHistogram.ofLatencies()
        for second in seconds where second.totalCount > 0 { histogram.add(second) }
        recent = Self.percentiles(of: histogram)
    }

    private static func percentiles(of histogram: LatencyHistogram) -> RuntimeSnapshot.Percentiles {
        var result = RuntimeSnapshot.Percentiles()
        guard histogram.totalCount > 0 else { return result }
        result.p50 = Int(histogram.valueAtPercentile(50))
        result.p90 = Int(histogram.valueAtPercentile(90))
        result.p99 = Int(histogram.valueAtPercentile(99))
        result.p999 = Int(histogram.valueAtPercentile(99.9))
        result.max = Int(histogram.max)
        return result
    }
}
