// SPDX-License-Identifier: Apache-2.0

import Telemetry
import Testing

@testable import Dashboard

@Suite struct TrendsTests {
    /// A screen has four snapshots a second, a history one value.
    @Test func `nothing is higher than its own peak`() {
        var trends = Trends()
        for (at, armed) in [(1.0, 201), (1.25, 203), (1.5, 202), (2.0, 100)] {
            var snapshot = RuntimeSnapshot()
            snapshot.elapsedSeconds = at
            snapshot.port.armed = armed
            snapshot.port.timers = armed - 1
            trends.record(snapshot)
            #expect(trends.armed.peak >= Double(armed))
            #expect(trends.timers.peak >= Double(armed - 1))
        }
        #expect(trends.armed.peak == 203)
        #expect(trends.armed.all == [203, 100])
    }

    @Test func `a scenario that begins has no peak of the one before`() {
        var trends = Trends()
        func record(at seconds: Double, run: Int, queued: Int, peak: Int) {
            var snapshot = RuntimeSnapshot()
            snapshot.elapsedSeconds = seconds
            snapshot.port.queued = queued
            snapshot.port.queuedPeak = peak
            snapshot.detail = RuntimeSnapshot.Detail()
            snapshot.detail?.scenario.run = run
            // Means of the last second, which was the other scenario's at first.
            snapshot.detail?.rates.dequeuedPerSecond = run == 1 || seconds < 3.5 ? 5000 : 20
            trends.record(snapshot)
        }
        record(at: 1, run: 1, queued: 700, peak: 900)
        record(at: 2, run: 1, queued: 3, peak: 4)
        #expect(trends.queued.peak == 900)
        // In the middle of a second; the peak is still the other scenario's.
        record(at: 2.5, run: 2, queued: 2, peak: 800)
        #expect(trends.queued.peak == 2)
        record(at: 2.75, run: 2, queued: 1, peak: 7)
        record(at: 3, run: 2, queued: 1, peak: 5)
        #expect(trends.queued.all == [7, 5])
        #expect(trends.dequeued.peak == 0)
        record(at: 4, run: 2, queued: 1, peak: 5)
        #expect(trends.dequeued.all == [20])
    }
}
