// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Dashboard

struct QuantityTests {
    @Test(arguments: [
        (0, "0"), (391, "391"), (999, "999"), (1000, "1.0k"), (3912, "3.9k"), (9999, "9.9k"),
        (39_120, "39k"), (999_999, "999k"), (1_000_000, "1.0M"), (387_500_000, "387M"),
        (Int.max, "9.2E"), (-1, "-"),
    ])
    func `counts take at most four columns`(value: Int, text: String) {
        #expect(Quantity.count(value) == text)
        #expect(text.count <= Quantity.countWidth)
    }

    @Test(arguments: [
        (0.0, "0"), (0.5, "0.5"), (9.96, "9.9"), (12.3, "12"), (3911.9, "3.9k"), (.nan, "-"),
        (.infinity, "-"), (-1, "-"),
    ])
    func `rates have tenths below ten`(value: Double, text: String) {
        #expect(Quantity.rate(value) == text)
    }

    @Test(arguments: [
        (0, "0µs"), (12, "12µs"), (999, "999µs"), (1000, "1.0ms"), (84_000, "84ms"),
        (999_999, "999ms"), (2_340_000, "2.3s"), (99_999_999, "99.9s"), (100_000_000, "1.6m"),
        (600_000_000, "10m"), (7_200_000_000, "2h"), (864_000_000_000, "10d"), (-1, "-"),
    ])
    func `durations take at most five columns`(microseconds: Int, text: String) {
        #expect(Quantity.duration(microseconds: microseconds, glyphs: .unicode) == text)
        #expect(text.count <= Quantity.durationWidth)
    }

    @Test func `ASCII writes microseconds with a u`() {
        #expect(Quantity.duration(microseconds: 12, glyphs: .ascii) == "12us")
    }

    @Test(arguments: [
        (0, "0"), (1023, "1023"), (1024, "1.0K"), (10_240, "10K"), (39_845_888, "38M"),
        (1_288_490_188, "1.1G"), (-1, "-"),
    ])
    func `bytes count in powers of 1024`(value: Int, text: String) {
        #expect(Quantity.bytes(value) == text)
    }

    @Test func `the clock counts hours`() {
        #expect(Quantity.clock(seconds: 102.9) == "01:42")
        #expect(Quantity.clock(seconds: 360_000) == "100:00:00")
        #expect(Quantity.clock(seconds: .nan) == "--:--")
    }

    @Test(arguments: [
        (999_999, "999ms"), (1_000_000, ">1s"), (9_999_999, ">5s"), (45_000_000, ">30s"),
        (60_000_000, ">1m"), (3_600_000_000, ">1h"), (86_400_000_000, ">1d"), (-1, "-"),
    ])
    func `long spells are bounded from below`(microseconds: Int, text: String) {
        #expect(Quantity.spell(microseconds: microseconds, glyphs: .unicode) == text)
    }

    @Test(arguments: [
        (0.0, "00:00:00"), (86_399.9, "23:59:59"), (-1, "23:59:59"), (.nan, "--:--:--"),
    ])
    func `the time of the day is that of the place`(seconds: Double, text: String) {
        #expect(Quantity.timeOfDay(unixSeconds: seconds) == text)
    }

    @Test(arguments: [(0.0, "0 B/s"), (999, "999 B/s"), (12_345, "12 kB/s"), (-1, "-")])
    func `bytes per second`(value: Double, text: String) {
        #expect(Quantity.bytesPerSecond(value) == text)
    }

    @Test func `a steady reading ignores what does not matter`() {
        var reading = Steady(tolerance: 1, share: 0.1)
        var shown: [Double] = []
        for value in [10.0, 10.9, 9.2, 11.1, 10.2, .nan, 100, 108, 112] {
            reading.update(value)
            shown.append(reading.value ?? -1)
        }
        #expect(shown == [10, 10, 10, 11.1, 11.1, 11.1, 100, 100, 112])
    }

    @Test func `a steady value has headroom in its sparkline`() {
        var history = History()
        for _ in 0..<3 {
            history.append(5)
        }
        #expect(history.sparkline(width: 5, glyphs: .unicode) == "  ▆▆▆")
        history.append(0)
        #expect(history.sparkline(width: 2, glyphs: .ascii) == "* ")
        #expect(history.sparkline(width: 4, top: 100, glyphs: .unicode) == "▁▁▁ ")
    }
}
