// SPDX-License-Identifier: Apache-2.0

import Telemetry
import Testing

@testable import AsyncRuntime

/// Waits by function, with the clock handed in.
@Suite struct WaitTimesTests {
    private let times = WaitTimes()
    private let lanes = LaneRegistry()

    @Test func `percentiles are those of the function's own waits`() throws {
        let lane = lanes.make(kind: .poller, number: 1)
        for milliseconds in 1...100 {
            times.record(UInt64(milliseconds) * 1_000_000, functionRow: 3, lane: lane)
        }
        times.record(7_000_000_000, functionRow: 4, lane: lane)
        times.drain(functionCount: 5, atSeconds: 1)
        let waits = try #require(times.percentiles(functionRow: 3))
        // Two significant digits.
        #expect((49_500...50_500).contains(waits.p50))
        #expect((98_000...100_000).contains(waits.p99))
        #expect(times.percentiles(functionRow: 2) == nil)
        #expect(try #require(times.percentiles(functionRow: 4)).p50 >= 6_900_000)
    }

    @Test func `old waits are forgotten after two spans, and a wait counts once`() throws {
        let lanes = (1...6).map { self.lanes.make(kind: .worker, number: $0) }
        for lane in lanes { times.record(1_000_000, functionRow: 1, lane: lane) }
        times.drain(functionCount: 2, atSeconds: 1)
        #expect(try #require(times.percentiles(functionRow: 1)).p99 < 1010)
        times.record(9_000_000, functionRow: 1, lane: lanes[0])
        times.drain(functionCount: 2, atSeconds: 6)
        // Six waits of a millisecond and one of nine.
        #expect(try #require(times.percentiles(functionRow: 1)).p50 < 1010)
        #expect(try #require(times.percentiles(functionRow: 1)).p99 >= 8900)
        times.drain(functionCount: 2, atSeconds: 11)
        #expect(try #require(times.percentiles(functionRow: 1)).p50 >= 8900)
        times.drain(functionCount: 2, atSeconds: 16)
        #expect(times.percentiles(functionRow: 1) == nil)
    }

    @Test func `what was recorded before it begins anew is forgotten at once`() throws {
        let lane = lanes.make(kind: .poller, number: 1)
        times.record(9_000_000, functionRow: 1, lane: lane)
        times.drain(functionCount: 2, atSeconds: 1)
        times.record(8_000_000, functionRow: 1, lane: lane)
        times.beginAnew()
        // In the same second, and with a wait that no look has seen yet.
        times.drain(functionCount: 2, atSeconds: 1.5)
        #expect(times.percentiles(functionRow: 1) == nil)
        times.record(1_000_000, functionRow: 1, lane: lane)
        times.drain(functionCount: 2, atSeconds: 2)
        #expect(try #require(times.percentiles(functionRow: 1)).max < 1010)
    }

    @Test func `waits of the same length are entered together, and the longest is named`() throws {
        let lane = lanes.make(kind: .poller, number: 1)
        let times = WaitTimes(rows: 1)
        times.record(2_000_000, functionRow: 0, count: 1024, lane: lane)
        times.record(30_000_000, functionRow: 0, lane: lane)
        times.drain(functionCount: 1, atSeconds: 1)
        let waits = try #require(times.percentiles(functionRow: 0))
        #expect((1990...2010).contains(waits.p50))
        #expect((1990...2010).contains(waits.p99))
        #expect((29_500...30_500).contains(waits.max))
    }

    @Test func `a wait longer than a minute counts as a minute`() throws {
        let lane = lanes.make(kind: .other, number: 1)
        times.record(UInt64.max, functionRow: Tally.rows - 1, lane: lane)
        times.drain(functionCount: Tally.rows + 1, atSeconds: 1)
        let waits = try #require(times.percentiles(functionRow: Tally.rows - 1))
        #expect((59_000_000...61_000_000).contains(waits.p50))
    }
}
