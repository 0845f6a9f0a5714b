// SPDX-License-Identifier: Apache-2.0

import Kernel
import Pool
import Testing

@Suite struct ProcessorUtilizationTests {
    @Test func `it is the share of all processors, within 0 and 100`() {
        var load = ProcessorUtilization()
        var seen: [Int] = []
        // Milliseconds of work and of the clock, on two processors.
        for (busy, time) in [(900, 0), (1400, 500), (2400, 1000), (2400, 1500), (9000, 2000)] {
            load.update(
                .milliseconds(busy),
                at: Instant(nanoseconds: UInt64(time) * 1_000_000),
                processorCount: 2
            )
            seen.append(load.percent)
        }
        #expect(seen == [0, 50, 100, 0, 100])
    }

    @Test func `a clock that stands still and time that shrank change nothing`() {
        var load = ProcessorUtilization()
        let start = Instant(nanoseconds: 0)
        load.update(.zero, at: start, processorCount: 1)
        load.update(.milliseconds(250), at: start.advanced(by: .seconds(1)), processorCount: 1)
        load.update(.seconds(1), at: start.advanced(by: .seconds(1)), processorCount: 1)
        load.update(.zero, at: start.advanced(by: .seconds(2)), processorCount: 1)
        #expect(load.percent == 25)
    }
}
