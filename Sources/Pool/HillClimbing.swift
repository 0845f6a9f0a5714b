// SPDX-License-Identifier: Apache-2.0

internal import ComplexModule
internal import RealModule

/// Finds how many threads get most done: .NET's hill climbing, as a value.
///
/// A square wave is laid over the thread count, and the throughput is searched for the same
/// frequency. If it swings in phase, more threads help and the control setting climbs; if it swings
/// against, it descends. How much it swings at neighbouring frequencies says how far to trust that.
///
/// Time, processor load and randomness come in; the goal and its reason come out. The pool, after
/// a completed item, when `SampleSchedule.takeSample` gives one:
///
/// 1. takes the adjustment lock, or gives up if somebody has it;
/// 2. calls ``update(_:using:)`` with the goal that it has;
/// 3. sets the goal, leaves the lock, reports the transitions and, if the goal rose, adds one
///    worker: that one asks for the next.
///
/// Whoever else changes the goal (gate thread, blocking, time-out, hand) calls ``forceChange`` under
/// the same lock, or the control setting would pull the goal back.
package struct HillClimbing: Sendable {
    /// How long to go on collecting when a sample is not exact enough, as in .NET.
    static let retryInterval = Duration.milliseconds(10)
    /// Per cent of CPU above which no move upwards is made, as in .NET.
    package static let highUtilization = 95

    package let parameters: Parameters
    /// Threads without the wave, before rounding.
    package private(set) var controlSetting = 0.0
    /// Mean of the noise over all samples.
    package private(set) var averageNoise = 0.0
    package private(set) var sampleCount = 0
    /// The count last told or returned.
    package private(set) var lastGoal = 0
    /// What was collected and is not exact enough yet.
    package private(set) var accumulatedSeconds = 0.0
    package private(set) var accumulatedCompletions = 0
    /// The interval between samples, drawn anew with each change.
    package private(set) var interval: Duration
    /// The numbers of the last sample that was used.
    package private(set) var lastMeasurement = Measurement()

    private var throughputs: WaveHistory
    private var goals: WaveHistory
    private var secondsSinceChange = 0.0
    private var completionsSinceChange = 0.0

    /// Parameters that cannot work are moved to the nearest that can.
    package init(
        parameters: Parameters = Parameters(),
        using generator: inout some RandomNumberGenerator
    ) {
        self.parameters = parameters.clamped
        let capacity = self.parameters.wavePeriod * self.parameters.waveHistorySize
        throughputs = WaveHistory(capacity: capacity)
        goals = WaveHistory(capacity: capacity)
        interval = self.parameters.randomInterval(using: &generator)
    }

    private var capacity: Int { parameters.wavePeriod * parameters.waveHistorySize }

    /// Takes one sample and says what the goal should be.
    package mutating func update(
        _ sample: Sample,
        using generator: inout some RandomNumberGenerator
    ) -> Adjustment {
        var transitions: [Transition] = []
        if let change = forceChange(to: sample.goal, reason: .initializing, using: &generator) {
            transitions.append(change)
        }
        secondsSinceChange += sample.seconds
        completionsSinceChange += Double(sample.completions)
        let seconds = sample.seconds + accumulatedSeconds
        let completions = sample.completions + accumulatedCompletions
        guard isExact(goal: sample.goal, completions: completions), seconds > 0 else {
            accumulatedSeconds = seconds
            accumulatedCompletions = completions
            return Adjustment(
                goal: sample.goal,
                interval: HillClimbing.retryInterval,
                transitions: transitions
            )
        }
        accumulatedSeconds = 0
        accumulatedCompletions = 0
        throughputs.append(Double(completions) / seconds)
        goals.append(Double(sample.goal))
        sampleCount += 1

        var measurement = analyze()
        measurement.duration = seconds
        measurement.throughput = Double(completions) / seconds
        let goal = move(&measurement, sample)
        lastMeasurement = measurement
        if goal != sample.goal {
            transitions.append(change(to: goal, reason: measurement.reason, using: &generator))
        }
        return Adjustment(
            goal: goal,
            interval: nextInterval(
                ratio: measurement.throughputRatio,
                isAtMinimum: goal == sample.minimum
            ),
            transitions: transitions,
            measurement: measurement
        )
    }

    /// Follows a change of the goal that was made elsewhere.
    ///
    /// Returns what to report, or `nil` where the goal was that already.
    package mutating func forceChange(
        to goal: Int,
        reason: AdjustmentReason,
        using generator: inout some RandomNumberGenerator
    ) -> Transition? {
        guard goal != lastGoal else { return nil }
        controlSetting += Double(goal - lastGoal)
        return change(to: goal, reason: reason, using: &generator)
    }

    /// An item that was running when the sample began, or is when it ends, is counted wrongly: one
    /// for each thread but the one that reports.
    ///
    /// The first sample is taken whatever it is. One thread
    /// without a completion is exact, too (0 / 0 is not above the limit): nothing was done.
    private func isExact(goal: Int, completions: Int) -> Bool {
        guard sampleCount > 0 else { return true }
        return !(Double(goal - 1) / Double(completions) >= parameters.maxSampleError)
    }

    /// Compares the waves of the samples in whole periods.
    private mutating func analyze() -> Measurement {
        var result = Measurement()
        let period = parameters.wavePeriod
        let count = min(sampleCount - 1, capacity) / period * period
        guard count > period else { return result }
        let meanThroughput = throughputs.mean(ofLast: count)
        let meanGoal = goals.mean(ofLast: count)
        guard meanThroughput > 0, meanThroughput.isFinite, meanGoal > 0 else { return result }

        func throughputWave(_ period: Double) -> Complex<Double> {
            let wave = throughputs.component(period: period, ofLast: count)
            return Complex(wave.real / meanThroughput, wave.imaginary / meanThroughput)
        }
        let periods = Double(count / period)
        let answer = throughputWave(Double(period))
        // The neighbouring bands hold noise alone: the wave has no part in them.
        var error = throughputWave(Double(count) / (periods + 1)).length
        if Double(count) / (periods - 1) <= Double(count) {
            error = max(error, throughputWave(Double(count) / (periods - 1)).length)
        }
        let wave = goals.component(period: Double(period), ofLast: count)
        let threadWave = Complex(wave.real / meanGoal, wave.imaginary / meanGoal)
        let weight = parameters.errorSmoothingFactor
        averageNoise = averageNoise == 0 ? error : weight * error + (1 - weight) * averageNoise

        // A constant count has a wave of some 1e-17, by rounding, and .NET divides by it. One thread
        // more or less of 32767 is 1e-5.
        if threadWave.length > 1e-9 {
            let bias = Complex(parameters.bias)
            let ratio = ((answer - bias * threadWave) / threadWave).real
            result.throughputRatio = ratio.isFinite ? ratio : 0
            result.reason = .climbingMove
        } else {
            result.reason = .stabilizing
        }
        let noise = max(averageNoise, error)
        result.confidence =
            noise > 0 ? threadWave.length / noise / parameters.targetSignalToNoiseRatio : 1
        result.threadWave = threadWave.real
        result.throughputWave = answer.real
        result.throughputErrorEstimate = error
        return result
    }

    /// Moves the control setting by what was measured, and lays the wave over it.
    private mutating func move(_ measurement: inout Measurement, _ sample: Sample) -> Int {
        let ratio = min(max(-1, measurement.throughputRatio), 1)
        let sure = ratio * min(max(0, measurement.confidence), 1)
        // Small moves become smaller: fast when far away, calm when near.
        let gain = parameters.maxChangePerSecond * measurement.duration
        let size = Double.pow(abs(sure), parameters.gainExponent) * gain
        var move = min(sure >= 0 ? size : -size, parameters.maxChangePerSample)
        if move > 0, sample.utilization > HillClimbing.highUtilization { move = 0 }
        controlSetting += move

        let noise = averageNoise * parameters.targetSignalToNoiseRatio
        let height = 0.5 + controlSetting * noise * parameters.waveMagnitudeMultiplier * 2
        let magnitude = max(1, Int(clamping: height, to: 0...parameters.maxWaveMagnitude))
        // In this order: where both limits cannot be kept, the minimum wins.
        controlSetting = min(Double(sample.maximum - magnitude), controlSetting)
        controlSetting = max(Double(sample.minimum), controlSetting)
        let isUpperHalf = sampleCount / (parameters.wavePeriod / 2) % 2 == 1

        measurement.averageThroughputErrorEstimate = averageNoise
        measurement.newControlSetting = controlSetting
        measurement.newThreadWaveMagnitude = magnitude
        let goal = controlSetting + Double(isUpperHalf ? magnitude : 0)
        return Int(clamping: goal, to: sample.minimum...sample.maximum)
    }

    private mutating func change(
        to goal: Int,
        reason: AdjustmentReason,
        using generator: inout some RandomNumberGenerator
    ) -> Transition {
        lastGoal = goal
        interval = parameters.randomInterval(using: &generator)
        let transition = Transition(
            goal: goal,
            reason: reason,
            meanThroughput: secondsSinceChange > 0
                ? completionsSinceChange / secondsSinceChange : 0,
            historyCount: min(sampleCount, capacity) / parameters.wavePeriod
                * parameters.wavePeriod
        )
        secondsSinceChange = 0
        completionsSinceChange = 0
        return transition
    }

    /// At the minimum it cannot go lower, although it would: it tries again much later.
    ///
    /// A small negative ratio would make that interval *shorter*, down to nothing, in .NET; here it
    /// is never below the lowest that is drawn.
    private func nextInterval(ratio: Double, isAtMinimum: Bool) -> Duration {
        guard ratio < 0, isAtMinimum else { return interval }
        let milliseconds = interval.seconds * 1000 * 10 * min(-ratio, 1)
        let longest = 1000 * 60 * 60
        let whole = Int(clamping: 0.5 + milliseconds, to: 0...longest)
        return max(parameters.sampleIntervalLow, .milliseconds(whole))
    }
}

extension HillClimbing.Parameters {
    /// Random in whole milliseconds, so that pools of several processes do not fall into step.
    fileprivate func randomInterval(using generator: inout some RandomNumberGenerator) -> Duration {
        let low = Int(sampleIntervalLow.seconds * 1000)
        let high = Int(sampleIntervalHigh.seconds * 1000)
        return .milliseconds(Int.random(in: low...max(low, high), using: &generator))
    }
}

extension HillClimbing.Sample {
    /// Time that ran backwards is no time: .NET's went negative every 49.7 days.
    fileprivate var seconds: Double { max(0, elapsed.seconds) }
}

extension Duration {
    fileprivate var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}

extension Int {
    /// The whole part of `value`, moved into `range`; its lower end where it is not a number.
    fileprivate init(clamping value: Double, to range: ClosedRange<Int>) {
        guard value > Double(range.lowerBound) else {
            self = range.lowerBound
            return
        }
        self = value < Double(range.upperBound) ? Int(value) : range.upperBound
    }
}
