// SPDX-License-Identifier: Apache-2.0

extension HillClimbing {
    /// What can be set, with .NET's defaults and by the names of its knobs.
    ///
    /// .NET takes these as whole numbers (per cent, milliseconds) from
    /// `System.Threading.ThreadPool.HillClimbing.*`; here they are in units that say what they are.
    package struct Parameters: Equatable, Sendable {
        /// Samples in one period of the square wave.
        package var wavePeriod = 4
        /// Periods that are remembered.
        package var waveHistorySize = 8
        /// Most threads that the wave may add: where the well-known "n or n + 20" comes from.
        package var maxWaveMagnitude = 20
        package var waveMagnitudeMultiplier = 1.0
        /// What a thread has to bring: throughput must grow by more than this share of the growth
        /// in threads.
        package var bias = 0.15
        package var targetSignalToNoiseRatio = 3.0
        /// Threads per second that a sure move gains.
        package var maxChangePerSecond = 4.0
        /// Most threads one sample may add.
        ///
        /// There is no such limit downwards.
        package var maxChangePerSample = 20.0
        package var sampleIntervalLow = Parameters.defaultIntervals.lowerBound
        package var sampleIntervalHigh = Parameters.defaultIntervals.upperBound
        /// Weight of the newest sample in the mean of the noise.
        package var errorSmoothingFactor = 0.01
        package var gainExponent = 2.0
        /// A sample counts once it is at least this exact.
        package var maxSampleError = 0.15

        package init() {}

        static let defaultIntervals = Duration.milliseconds(10)...Duration.milliseconds(200)

        /// The same, with what would break the analysis moved to the nearest value that does not.
        ///
        /// .NET does not check, except for the intervals. A period has to be even (its halves are
        /// equally long) and at least 4, or the neighbouring bands lie beyond what samples can show.
        var clamped: Parameters {
            var result = self
            result.wavePeriod = min(max(4, wavePeriod), 64)
            result.wavePeriod += result.wavePeriod % 2
            result.waveHistorySize = min(max(2, waveHistorySize), 256)
            result.maxWaveMagnitude = min(max(1, maxWaveMagnitude), ThreadCounts.limit)
            let defaults = Parameters()
            for path in Parameters.reals {
                let value = self[keyPath: path]
                result[keyPath: path] = value.isFinite ? max(0, value) : defaults[keyPath: path]
            }
            result.errorSmoothingFactor = min(result.errorSmoothingFactor, 1)
            // Dividing by it must not make the confidence undefined.
            result.targetSignalToNoiseRatio = max(result.targetSignalToNoiseRatio, 1e-6)
            if sampleIntervalLow > sampleIntervalHigh {
                result.sampleIntervalLow = Parameters.defaultIntervals.lowerBound
                result.sampleIntervalHigh = Parameters.defaultIntervals.upperBound
            }
            result.sampleIntervalLow = max(.milliseconds(1), result.sampleIntervalLow)
            result.sampleIntervalHigh = max(result.sampleIntervalLow, result.sampleIntervalHigh)
            return result
        }

        private static var reals: [WritableKeyPath<Parameters, Double>] {
            [
                \.waveMagnitudeMultiplier, \.bias, \.targetSignalToNoiseRatio,
                \.maxChangePerSecond, \.maxChangePerSample, \.errorSmoothingFactor,
                \.gainExponent, \.maxSampleError,
            ]
        }
    }
}
