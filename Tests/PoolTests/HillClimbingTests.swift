// SPDX-License-Identifier: Apache-2.0

import Pool
import TestSupport
import Testing

/// The decisions one by one.
@Suite struct HillClimbingTests {
    private static let tenth = Duration.milliseconds(100)

    @Test(arguments: [0, 7, 1_000_000])
    func `warming up draws the wave whatever the throughput`(completions: Int) {
        var climber = Climber()
        // Every sample counts, also an empty one.
        var parameters = HillClimbing.Parameters()
        parameters.maxSampleError = 1000
        if completions > 0 { climber = Climber(parameters: parameters) }
        guard completions > 0 else { return warmsUpWithoutCompletions() }
        let goals = (0..<8).map { _ in
            climber.sample(HillClimbingTests.tenth, completions: completions).goal
        }
        #expect(goals == [4, 5, 5, 4, 4, 5, 5, 4])
        let head = climber.transitions.prefix(3)
        #expect(head.map(\.goal) == [4, 5, 4])
        #expect(head.map(\.reason) == [.initializing, .warmup, .warmup])
        #expect(climber.transitions.dropFirst().allSatisfy { $0.reason == .warmup })
    }

    private func warmsUpWithoutCompletions() {
        var climber = Climber(minimum: 1, maximum: 1)
        for _ in 0..<8 {
            #expect(climber.sample(HillClimbingTests.tenth, completions: 0).goal == 1)
        }
        #expect(climber.hill.sampleCount == 8, "0 / 0 is not a reason to reject a sample")
        #expect(climber.hill.lastMeasurement.throughput == 0)
        #expect(climber.hill.lastMeasurement.reason == .warmup)
    }

    @Test func `linear throughput climbs by the documented step at the ninth sample`() throws {
        var climber = Climber()
        for _ in 0..<8 {
            climber.sample(HillClimbingTests.tenth, completions: climber.goal * 1000)
        }
        #expect(climber.hill.controlSetting == 4)
        let ninth = climber.sample(HillClimbingTests.tenth, completions: climber.goal * 1000)
        let numbers = try #require(ninth.measurement)
        #expect(isNear(numbers.throughputRatio, 0.850, 1e-9))
        #expect(isNear(numbers.newControlSetting, 4 + 0.4 * 0.85 * 0.85, 1e-9))
        #expect(numbers.reason == .climbingMove)
        #expect(numbers.newThreadWaveMagnitude == 1)
        #expect(isNear(numbers.threadWave, numbers.throughputWave, 1e-12))
        #expect(numbers == climber.hill.lastMeasurement)
    }

    @Test func `flat throughput answers with the bias, and tries again later`() throws {
        var parameters = HillClimbing.Parameters()
        parameters.sampleIntervalLow = HillClimbingTests.tenth
        parameters.sampleIntervalHigh = HillClimbingTests.tenth
        var climber = Climber(parameters: parameters)
        for _ in 0..<8 { climber.sample(HillClimbingTests.tenth, completions: 100_000) }
        var intervals: Set<Duration> = []
        for _ in 0..<200 {
            let adjustment = climber.sample(HillClimbingTests.tenth, completions: 100_000)
            let numbers = try #require(adjustment.measurement)
            #expect(isNear(numbers.throughputRatio, -0.150, 1e-9))
            #expect(adjustment.goal == 4 || adjustment.goal == 5)
            #expect((adjustment.goal == 4) == (adjustment.interval > HillClimbingTests.tenth))
            intervals.insert(adjustment.interval)
        }
        #expect(intervals == [HillClimbingTests.tenth, .milliseconds(150)])
    }

    @Test func `a busy machine refuses to climb`() {
        var climber = Climber()
        climber.utilization = 96
        let busy = climber.run(for: .seconds(60)) { Double($0) * 1000 }
        #expect(busy.allSatisfy { $0.goal == 4 || $0.goal == 5 })
        climber.utilization = 95
        let free = climber.run(for: .seconds(60)) { Double($0) * 1000 }
        #expect(free.contains { $0.goal > 20 })
    }

    @Test func `an inexact sample is kept until there is enough`() {
        var climber = Climber()
        climber.sample(HillClimbingTests.tenth, completions: 1)
        #expect(climber.hill.sampleCount == 1, "The first sample is never rejected")
        // 5 threads - 1 = 4 may be wrong: that is 15 % of 26.67 completions.
        let inexact = climber.goal
        for completions in [0, 13] {
            let adjustment = climber.sample(HillClimbingTests.tenth, completions: completions)
            #expect(adjustment.goal == inexact)
            #expect(adjustment.interval == .milliseconds(10))
            #expect(adjustment.measurement == nil)
        }
        #expect(climber.hill.accumulatedCompletions == 13)
        #expect(isNear(climber.hill.accumulatedSeconds, 0.2, 1e-12))
        let merged = climber.sample(HillClimbingTests.tenth, completions: 20)
        #expect(isNear(merged.measurement?.throughput ?? 0, 110, 1e-9))
        #expect(isNear(merged.measurement?.duration ?? 0, 0.3, 1e-12))
        #expect(climber.hill.accumulatedCompletions == 0)
    }

    @Test func `several threads without a completion only collect`() {
        var climber = Climber()
        climber.sample(HillClimbingTests.tenth, completions: 1000)
        for _ in 0..<100 { climber.sample(HillClimbingTests.tenth, completions: 0) }
        #expect(climber.hill.sampleCount == 1)
        #expect(isNear(climber.hill.accumulatedSeconds, 10, 1e-9))
    }

    @Test func `a change from outside is noted once, and the control setting follows`() {
        var climber = Climber()
        climber.sample(.seconds(1), completions: 3000)
        let before = climber.hill.controlSetting
        let first = climber.hill.forceChange(to: 15, reason: .starvation, using: &climber.random)
        let second = climber.hill.forceChange(to: 15, reason: .starvation, using: &climber.random)
        #expect(first?.reason == .starvation && first?.goal == 15)
        #expect(first?.meanThroughput == 3000)
        #expect(second == nil)
        #expect(climber.hill.controlSetting == before + 11)
    }

    @Test func `where minimum and maximum are one, nothing ever changes`() {
        var climber = Climber(minimum: 6, maximum: 6)
        let goals = climber.run(for: .seconds(60)) { Double($0) * 1000 }
        #expect(goals.allSatisfy { $0.goal == 6 })
        #expect(climber.transitions.map(\.reason) == [.initializing])
        #expect(climber.hill.lastMeasurement.reason == .stabilizing, "no wave, no ratio")
    }

    @Test func `time that stands still or runs backwards makes no sample`() {
        var climber = Climber()
        climber.sample(.zero, completions: 10)
        climber.sample(.milliseconds(-5), completions: 10)
        #expect(climber.hill.sampleCount == 0)
        #expect(climber.sample(.milliseconds(10), completions: 10).measurement?.throughput == 3000)
    }

    @Test func `the interval at the minimum is never below the lowest`() {
        var random = SeededRandom(seed: 0x9)
        for seed in UInt64(0)..<20 {
            var climber = Climber(seed: seed)
            for _ in 0..<500 {
                let adjustment = climber.sample(
                    .milliseconds(50),
                    completions: 500 + random.below(500)
                )
                #expect(adjustment.interval >= .milliseconds(10), "seed \(seed)")
                #expect(adjustment.interval <= .milliseconds(2000), "seed \(seed)")
            }
        }
    }

    @Test func `any load and any parameters keep the goal within the limits`() {
        var random = SeededRandom(seed: 0xf022)
        for round in 0..<300 {
            let minimum = 1 + random.below(10)
            var climber = Climber(
                minimum: minimum,
                maximum: minimum + random.below(40),
                seed: UInt64(round),
                parameters: strange(&random)
            )
            for _ in 0..<200 {
                let completions = [0, 1, 50, 1000, Int(Int32.max)][random.below(5)]
                let elapsed = Duration.nanoseconds([0, 1, 1_000_000, 1 << 40][random.below(4)])
                climber.sample(elapsed, completions: completions)
                let isWithin = climber.goal >= climber.minimum && climber.goal <= climber.maximum
                #expect(isWithin, "seed \(random.seed), round \(round)")
                #expect(climber.hill.controlSetting.isFinite, "seed \(random.seed), \(round)")
            }
        }
    }

    private func strange(_ random: inout SeededRandom) -> HillClimbing.Parameters {
        let reals = [0, -1, 1, 1e300, Double.nan, .infinity, 0.15, 3]
        var result = HillClimbing.Parameters()
        result.wavePeriod = [-1, 0, 3, 4, 5, 64, Int.max][random.below(7)]
        result.waveHistorySize = [-1, 0, 1, 2, 8, Int.max][random.below(6)]
        result.maxWaveMagnitude = [-1, 0, 1, 20, Int.max][random.below(5)]
        result.waveMagnitudeMultiplier = reals[random.below(8)]
        result.bias = reals[random.below(8)]
        result.targetSignalToNoiseRatio = reals[random.below(8)]
        result.maxChangePerSecond = reals[random.below(8)]
        result.maxChangePerSample = reals[random.below(8)]
        result.errorSmoothingFactor = reals[random.below(8)]
        result.gainExponent = reals[random.below(8)]
        result.maxSampleError = reals[random.below(8)]
        result.sampleIntervalLow = .milliseconds(random.below(100) - 50)
        result.sampleIntervalHigh = .milliseconds(random.below(100) - 50)
        return result
    }

    @Test func `intervals that make no sense become the defaults`() {
        var parameters = HillClimbing.Parameters()
        parameters.sampleIntervalLow = .milliseconds(300)
        let climber = Climber(parameters: parameters)
        #expect(climber.hill.parameters == HillClimbing.Parameters())
    }
}
