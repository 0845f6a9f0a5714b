// SPDX-License-Identifier: Apache-2.0

internal import Histogram
internal import Kernel
internal import Synchronization
internal import Telemetry

/// How long the state machines of each function waited for their operations.
///
/// Threads record by function, into the stripe of their lane; the sampler empties the stripes once a
/// second, since percentiles of seconds do not move faster and cost more than all its other figures.
// INVARIANT: `windows`, `together`, `second`, `turnedAt` and `fresh` are touched only by whoever has the
// sampler's turn.
final class WaitTimes: @unchecked Sendable {
    private static let stripesPerFunction = 4
    /// The figures describe the last complete span of this many seconds and the present one.
    private static let windowSeconds = 5.0

    typealias Figures = (p50: Int, p99: Int, max: Int)

    private let rows: Int
    /// Whether what was recorded so far is to be forgotten at the next look.
    private let forgets = Atomic(false)
    private let stripes: [LatencyStripe]
    /// The same in the same order, for those who record.
    private let uncounted: [Uncounted<LatencyStripe>]
    private var windows: [Int: Window] = [:]
    /// What was asked of several rows together since the last look.
    private var together: [[Int]: Figures?] = [:]
    private var turnedAt = 0.0
    private var second = -1
    /// What one look at the stripes of a function brings; empty between two.
    private var fresh = LatencyHistogram.ofLatencies()

    /// What one function's machines waited, in the present span and the one before.
    private struct Window {
        var present = LatencyHistogram.ofLatencies()
        var before = LatencyHistogram.ofLatencies()
        private(set) var figures: Figures?

        /// Begins another span; returns whether anything is left to describe.
        mutating func turn() -> Bool {
            swap(&before, &present)
            present = .ofLatencies()
            return before.totalCount > 0
        }

        func add(to histogram: inout LatencyHistogram) {
            histogram.add(before)
            histogram.add(present)
        }

        mutating func summarize() {
            var both = before
            both.add(present)
            figures = both.waitFigures
        }
    }

    init(rows: Int = Tally.rows) {
        self.rows = rows
        stripes = (0..<rows * WaitTimes.stripesPerFunction).map { _ in LatencyStripe() }
        uncounted = stripes.map { Uncounted($0) }
    }

    /// Enters one wait, or several of the same length.
    ///
    /// Never waits for another thread: with a stripe taken it goes to the next.
    @inline(__always)
    func record(_ nanoseconds: UInt64, functionRow: Int, count: UInt32 = 1, lane: ThreadLane) {
        let first = functionRow * WaitTimes.stripesPerFunction
        var index = lane.index % WaitTimes.stripesPerFunction
        let microseconds = nanoseconds / 1000
        while !uncounted[first + index].with({
            $0.tryRecord(microseconds: microseconds, count: count)
        }) {
            index = (index + 1) % WaitTimes.stripesPerFunction
        }
    }

    /// Forgets, at the next look, all waits that were recorded until then.
    ///
    /// By any thread, while nothing is in flight: what is recorded between this and the look is lost.
    func beginAnew() {
        forgets.store(true, ordering: .releasing)
    }

    /// Takes in what was recorded, for the functions below `functionCount`, if a second has begun
    /// since the last call.
    func drain(functionCount: Int, atSeconds now: Double) {
        // Acquiring; pairs with the releasing store in `beginAnew`.
        if forgets.exchange(false, ordering: .acquiring) { forget(atSeconds: now) }
        guard Int(now) != second else { return }
        second = Int(now)
        together.removeAll(keepingCapacity: true)
        let turns = now - turnedAt >= WaitTimes.windowSeconds
        if turns { turnedAt = now }
        for row in 0..<min(functionCount, rows) {
            if turns, windows[row]?.turn() == false { windows[row] = nil }
            for index in 0..<WaitTimes.stripesPerFunction {
                let stripe = stripes[row * WaitTimes.stripesPerFunction + index]
                // A recorder is in it for some 50 ns, unless it was preempted just there.
                while !stripe.tryDrain(into: &fresh) {}
            }
            if fresh.totalCount > 0 {
                windows[row, default: Window()].present.add(fresh)
                fresh = .ofLatencies()
            }
            windows[row]?.summarize()
        }
    }

    private func forget(atSeconds now: Double) {
        for stripe in stripes {
            while !stripe.tryDrain(into: &fresh) {}
        }
        fresh = .ofLatencies()
        windows.removeAll()
        together.removeAll(keepingCapacity: true)
        turnedAt = now
    }

    /// Half of the waits were no longer than the first figure, 99 of 100 no longer than the second,
    /// none longer than the third, in microseconds.
    ///
    /// `nil` where nothing waited of late.
    func percentiles(functionRow: Int) -> Figures? {
        windows[functionRow]?.figures
    }

    /// The same for several rows together.
    func percentiles(functionRows rows: [Int]) -> Figures? {
        let rows = rows.filter { windows[$0] != nil }
        guard rows.count > 1 else { return rows.first.flatMap(percentiles(functionRow:)) }
        if let known = together[rows] { return known }
        let figures = merged(rows)
        together[rows] = .some(figures)
        return figures
    }

    private func merged(_ rows: [Int]) -> Figures? {
        var all = LatencyHistogram.ofLatencies()
        for row in rows { windows[row]?.add(to: &all) }
        return all.waitFigures
    }
}

extension LatencyHistogram {
    /// `nil` where nothing was recorded.
    fileprivate var waitFigures: WaitTimes.Figures? {
        guard totalCount > 0 else { return nil }
        return (
            Int(valueAtPercentile(50)), Int(valueAtPercentile(99)), Int(valueAtPercentile(100))
        )
    }
}
