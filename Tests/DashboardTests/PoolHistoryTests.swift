// SPDX-License-Identifier: Apache-2.0

import Telemetry
import Testing

@testable import Dashboard

struct PoolHistoryTests {
    private func snapshot(at seconds: Double, goal: Int) -> RuntimeSnapshot {
        var snapshot = RuntimeSnapshot()
        snapshot.elapsedSeconds = seconds
        snapshot.workers.goal = goal
        snapshot.workers.existing = goal + 1
        snapshot.detail = RuntimeSnapshot.Detail()
        snapshot.detail?.rates.itemsPerSecond = seconds * 100
        return snapshot
    }

    @Test func `each change is counted once, in the quarter of a second in which it happened`() {
        var history = PoolHistory()
        var log: [RuntimeSnapshot.Adjustment] = []
        for tick in 0..<40 {
            let seconds = Double(tick) / 4
            if tick % 3 == 2 {
                log.append(
                    .init(elapsedSeconds: seconds - 0.2, from: 2, to: 5, reason: "ClimbingMove")
                )
                log.append(
                    .init(elapsedSeconds: seconds - 0.1, from: 5, to: 2, reason: "Starvation")
                )
            }
            var snapshot = snapshot(at: seconds, goal: 2)
            // As the runtime sends them: the newest, again and again.
            snapshot.adjustments = log.suffix(5)
            history.record(snapshot)
        }
        #expect(history.points.count == 40)
        let changes = history.points.reduce(into: [AdjustmentReason: Int]()) {
            $0.merge($1.changes) { $0 + $1 }
        }
        #expect(changes == [.climbingMove: 13, .starvation: 13])
        for point in history.points {
            let isMarked = point.tick % 3 == 1 && point.tick < 39
            #expect(point.goal == (isMarked ? 2...5 : 2...2))
            #expect(point.changes.isEmpty == !isMarked)
        }
    }

    @Test func `columns begin at whole multiples of their time`() {
        var history = PoolHistory()
        for tick in 0..<22 { history.record(snapshot(at: Double(tick) / 4, goal: 2 + tick / 4)) }
        let columns = history.columns(8, ticks: 4)
        #expect(columns.map { $0?.goal.upperBound } == [nil, nil, 2, 3, 4, 5, 6, 7])
        #expect(columns[2]?.throughput == 37.5)
        // A quarter later nothing has moved but the newest column.
        history.record(snapshot(at: 22.0 / 4, goal: 9))
        let later = history.columns(8, ticks: 4)
        #expect(later.dropLast() == columns.dropLast())
        #expect(later.last??.goal == 7...9)
    }

    @Test func `ten minutes are kept`() {
        var history = PoolHistory()
        for tick in 0..<3000 { history.record(snapshot(at: Double(tick) / 4, goal: 2)) }
        #expect(history.points.count == PoolHistory.capacity)
        #expect(history.points.first?.tick == 600)
        // A clock that starts again is another run.
        history.record(snapshot(at: 1, goal: 2))
        #expect(history.points.count == 1)
    }

    @Test func `a runtime that says no time is not recorded`() {
        var history = PoolHistory()
        for seconds in [Double.nan, -1, .infinity, 1e300] {
            history.record(snapshot(at: seconds, goal: 2))
        }
        #expect(history.points.isEmpty)
        #expect(history.columns(5, ticks: 4).isEmpty)
    }

    @Test func `every reason has a letter of its own, and the runtime's words are known`() {
        #expect(Set(AdjustmentReason.allCases.map(\.letter)).count == 9)
        let words = [
            "Warmup", "Initializing", "ClimbingMove", "Stabilizing", "Starvation",
            "ThreadTimedOut", "CooperativeBlocking", "Key",
        ]
        #expect(Set(words.map(AdjustmentReason.init(word:))).count == 8)
        #expect(!words.map(AdjustmentReason.init(word:)).contains(.other))
    }
}
