// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Workload

@Suite struct SettingsTests {
    @Test(arguments: [
        ("250us", Duration.microseconds(250)), ("10ms", .milliseconds(10)), ("2s", .seconds(2)),
        ("1.5s", .milliseconds(1500)), ("0", .zero), ("0ms", .zero), ("3m", .seconds(180)),
        ("0.5ms", .microseconds(500)), ("3600s", .seconds(3600)),
    ])
    func `durations are read`(text: String, duration: Duration) {
        #expect(DurationText.parse(text) == duration)
        #expect(DurationText.parse(DurationText.format(duration)) == duration)
    }

    @Test(arguments: [
        "", "10", "ms", "-1ms", "1 ms", "infs", "nans", "1e3s", "0x1s", "1..2s", "3601s", "+1s",
        ".s",
        ".5s", "1h",
    ])
    func `what is no duration is refused`(text: String) {
        #expect(DurationText.parse(text) == nil)
    }

    @Test func `delay, blocking and percent are read`() throws {
        let delay = try #require(WorkloadSettings.parseDelay("20ms~5ms"))
        #expect(delay == (.milliseconds(20), .milliseconds(5)))
        let plain = try #require(WorkloadSettings.parseDelay("20ms"))
        #expect(plain == (.milliseconds(20), .zero))
        #expect(WorkloadSettings.parseDelay("5ms~20ms") == nil)
        #expect(WorkloadSettings.parseDelay("5ms~") == nil)
        let blocking = try #require(WorkloadSettings.parseBlocking("2.5%:200ms"))
        #expect(blocking == (2.5, .milliseconds(200)))
        #expect(WorkloadSettings.parseBlocking("200ms") == nil)
        #expect(WorkloadSettings.parseBlocking("101%:200ms") == nil)
        #expect(WorkloadSettings.parsePercent("5") == 5)
        #expect(WorkloadSettings.parsePercent("100%") == 100)
        #expect(WorkloadSettings.parsePercent("%") == nil)
        #expect(WorkloadSettings.parsePercent("-1%") == nil)
    }

    @Test func `live settings give back what was set`() {
        var settings = WorkloadSettings()
        settings.clients = 12_345
        settings.ratePerSecond = 1234.5
        settings.delay = .seconds(3600)
        settings.spread = .microseconds(7)
        settings.processorTime = .microseconds(50)
        settings.blockingPercent = 12.5
        settings.blockingTime = .milliseconds(200)
        settings.resetPercent = 0.125
        settings.thinkTime = .milliseconds(70)
        settings.thinkSpread = .milliseconds(30)
        settings.variant = 2
        let live = LiveSettings(settings)
        #expect(live.value == settings)
        live.ratePerSecond = nil
        settings.ratePerSecond = nil
        #expect(live.value == settings)
    }

    @Test func `live settings clamp what is out of range`() {
        let live = LiveSettings(WorkloadSettings())
        live.clients = -5
        live.ratePerSecond = .nan
        live.resetPercent = 1000
        live.delay = (.milliseconds(10), .seconds(1))
        #expect(live.clients == 0)
        #expect(live.ratePerSecond == 0.1)
        #expect(live.resetPercent == 100)
        #expect(live.delay == (.milliseconds(10), .milliseconds(10)))
    }

    @Test func `the same seed and stream repeat their choices, others differ`() {
        func first(_ seed: UInt64, _ stream: UInt64) -> [UInt64] {
            var random = SeededRandom(seed: seed, stream: stream)
            return (0..<8).map { _ in random.next() }
        }
        #expect(first(7, 3) == first(7, 3))
        #expect(first(7, 3) != first(7, 4))
        #expect(first(7, 3) != first(8, 3))
        #expect(Set(first(7, 3)).isDisjoint(with: first(7, 4)))
    }
}
