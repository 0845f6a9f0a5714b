// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// Ten minutes of the pool, a quarter of a second at a time: what the pool chart draws.
struct PoolHistory: Equatable, Sendable {
    static let ticksPerSecond = 4
    /// Quarters of a second that are kept.
    static let capacity = 600 * ticksPerSecond

    /// One quarter of a second, or several in a column of the chart.
    struct Point: Equatable, Sendable {
        /// Quarters of a second since the start.
        var tick: Int
        /// The lowest and the highest goal of this time.
        var goal: ClosedRange<Int>
        /// The most of this time, as the following two.
        var existing: Int
        var processing: Int
        var blocked: Int
        /// Items per second.
        var throughput: Double
        /// Changes of the goal, by their reasons.
        var changes: [AdjustmentReason: Int] = [:]

        /// Makes a point of two: the later one is `other`.
        fileprivate mutating func merge(_ other: Point, weight: Int) {
            goal =
                min(
                    goal.lowerBound,
                    other.goal.lowerBound
                )...max(goal.upperBound, other.goal.upperBound)
            existing = max(existing, other.existing)
            processing = max(processing, other.processing)
            blocked = max(blocked, other.blocked)
            throughput += (other.throughput - throughput) / Double(weight)
            changes.merge(other.changes) { $0 &+ $1 }
        }

        fileprivate mutating func note(_ change: RuntimeSnapshot.Adjustment) {
            let ends = [change.from, change.to]
            goal = min(goal.lowerBound, ends.min() ?? 0)...max(goal.upperBound, ends.max() ?? 0)
            changes[AdjustmentReason(word: change.reason), default: 0] += 1
        }
    }

    private(set) var points: [Point] = []
    /// When the newest change happened that is in a point.
    private var changedAt = -1.0

    mutating func record(_ snapshot: RuntimeSnapshot) {
        let elapsed = snapshot.elapsedSeconds
        guard elapsed.isFinite, elapsed >= 0, elapsed < 1e9 else { return }
        let tick = Int(elapsed * Double(Self.ticksPerSecond))
        if let last = points.last, tick < last.tick {
            self = PoolHistory()
        }
        let workers = snapshot.workers
        let throughput = snapshot.detail?.rates.itemsPerSecond ?? 0
        let point = Point(
            tick: tick,
            goal: workers.goal...workers.goal,
            existing: workers.existing,
            processing: workers.processing,
            blocked: workers.blocked,
            throughput: throughput.isFinite ? max(0, throughput) : 0
        )
        if points.last?.tick == tick {
            points[points.count - 1].merge(point, weight: 2)
        } else {
            points.append(point)
        }
        for change in snapshot.adjustments where change.elapsedSeconds > changedAt {
            note(change)
        }
        changedAt = max(changedAt, snapshot.adjustments.last?.elapsedSeconds ?? changedAt)
        points.removeFirst(max(0, points.count - Self.capacity))
    }

    /// Puts a change into its quarter of a second; one from before the first into the first.
    private mutating func note(_ change: RuntimeSnapshot.Adjustment) {
        let at = change.elapsedSeconds * Double(Self.ticksPerSecond)
        let index = points.lastIndex { Double($0.tick) <= at } ?? 0
        points[index].note(change)
    }

    /// The newest columns of a chart, oldest first; `nil` where nothing was recorded.
    ///
    /// Columns begin at whole multiples of their time, so that they do not change while they move.
    func columns(_ count: Int, ticks: Int) -> [Point?] {
        guard count > 0, let last = points.last else { return [] }
        let end = last.tick / ticks
        var columns = [Point?](repeating: nil, count: count)
        var merged = 0
        for point in points.suffix(count * ticks) {
            let column = count - 1 - (end - point.tick / ticks)
            guard column >= 0 else { continue }
            if columns[column] == nil {
                columns[column] = point
                merged = 1
            } else {
                merged += 1
                columns[column]?.merge(point, weight: merged)
            }
        }
        return columns
    }
}
