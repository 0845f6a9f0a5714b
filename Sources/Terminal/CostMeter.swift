// SPDX-License-Identifier: Apache-2.0

internal import Dashboard

/// Makes a rate of what the dashboard has used so far, about once a second.
struct CostMeter {
    /// What was used since the start.
    struct Usage: Equatable {
        var processorTime: Duration
        var bytes: Int
        var droppedFrames: Int
    }

    static let period = Duration.seconds(1)

    private var last: (at: ContinuousClock.Instant, usage: Usage)?

    /// The cost since the last one told; `nil` while that is less than a second ago.
    mutating func cost(
        at now: ContinuousClock.Instant,
        _ usage: @autoclosure () -> Usage
    ) -> DashboardCost? {
        if let last, now - last.at < Self.period { return nil }
        let usage = usage()
        defer { last = (now, usage) }
        guard let last else { return nil }
        let elapsed = now - last.at
        return DashboardCost(
            processorPercent: 100 * ((usage.processorTime - last.usage.processorTime) / elapsed),
            bytesPerSecond: Double(usage.bytes - last.usage.bytes) / (elapsed / .seconds(1)),
            droppedFrames: usage.droppedFrames
        )
    }
}
