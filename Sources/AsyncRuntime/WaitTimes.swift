// SPDX-License-Identifier: Apache-2.0

internal import Histogram
internal import Synchronization
internal import Telemetry

/// How long the state machines of each function waited for their operations.
///
/// Threads record by function, into the stripe of their lane; the sampler empties the stripes.
// INVARIANT: `windows`, `turnedAt` and `fresh` are touched only by whoever has the sampler's turn.
final class WaitTimes: @unchecked Sendable {
    private static let stripesPerFunction = 4
    /// The figures describe the last complete span of this many seconds and the present one.
    private static let windowSeconds = 5.0

    private let stripes: [LatencyStripe]
    private var windows: [Int: Window] = [:]
    private var turnedAt = 0.0
    /// What one look at the stripes of a function brings; empty between two.
    private var fresh = LatencyHistogram.ofLatencies()

    /// What one function's machines waited, in the present span and the one before.
    private struct Window {
        var present = LatencyHistogram.ofLatencies()
        var before = LatencyHistogram.ofLatencies()

        /// Begins another span; returns whether anything is left to describe.
        mutating func turn() -> Bool {
            swap(&before, &present)
            present.reset()
            return before.totalCount > 0
        }
    }

    init() {
        stripes = (0..<Tally.rows * WaitTimes.stripesPerFunction).map { _ in LatencyStripe() }
    }

    /// Enters one wait.
    ///
    /// Never waits for another thread: with a stripe taken it goes to the next.
    @inline(__always)
    func record(_ nanoseconds: UInt64, functionRow: Int, lane: ThreadLane) {
        let first = functionRow * WaitTimes.stripesPerFunction
        var index = lane.index % WaitTimes.stripesPerFunction
        while !stripes[first + index].tryRecord(microseconds: nanoseconds / 1000) {
            index = (index + 1) % WaitTimes.stripesPerFunction
        }
    }

    /// Takes in what was recorded since the last call, for the functions below `functionCount`.
    func drain(functionCount: Int, atSeconds now: Double) {
        let turns = now - turnedAt >= WaitTimes.windowSeconds
        if turns { turnedAt = now }
        for row in 0..<min(functionCount, Tally.rows) {
            if turns, windows[row]?.turn() == false { windows[row] = nil }
            for index in 0..<WaitTimes.stripesPerFunction {
                let stripe = stripes[row * WaitTimes.stripesPerFunction + index]
                // A recorder is in it for some 50 ns, unless it was preempted just there.
                while !stripe.tryDrain(into: &fresh) {}
            }
            guard fresh.totalCount > 0 else { continue }
            windows[row, default: Window()].present.add(fresh)
            fresh.reset()
        }
    }

    /// Half of the waits were no longer than the first figure, 99 of 100 no longer than the second,
    /// in microseconds.
    ///
    /// `nil` where nothing waited of late.
    func percentiles(functionRow: Int) -> (p50: Int, p99: Int)? {
        guard let window = windows[functionRow] else { return nil }
        var both = window.before
        both.add(window.present)
        guard both.totalCount > 0 else { return nil }
        return (Int(both.valueAtPercentile(50)), Int(both.valueAtPercentile(99)))
    }
}
