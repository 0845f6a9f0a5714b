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
}
