// SPDX-License-Identifier: Apache-2.0

import Dashboard
import Testing

@testable import Terminal

@Suite struct CostMeterTests {
    @Test func `the cost is told once a second, as a rate`() {
        let start = ContinuousClock.now
        var meter = CostMeter()
        var usage = CostMeter.Usage(processorTime: .seconds(5), bytes: 1000, droppedFrames: 2)
        #expect(meter.cost(at: start, usage) == nil)
        usage.processorTime += .milliseconds(30)
        usage.bytes += 4000
        usage.droppedFrames = 3
        #expect(meter.cost(at: start + .milliseconds(999), usage) == nil)
        let cost = meter.cost(at: start + .seconds(2), usage)
        #expect(
            cost == DashboardCost(processorPercent: 1.5, bytesPerSecond: 2000, droppedFrames: 3)
        )
        #expect(meter.cost(at: start + .milliseconds(2500), usage) == nil)
    }
}
