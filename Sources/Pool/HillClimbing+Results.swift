// SPDX-License-Identifier: Apache-2.0

extension HillClimbing {
    /// What the pool knows when it asks.
    package struct Sample: Equatable, Sendable {
        /// The goal, not the number of threads that exist.
        package var goal: Int
        /// Since the last sample.
        package var elapsed: Duration
        package var completions: Int
        /// Of the pool, at least 1.
        package var minimum: Int
        package var maximum: Int
        /// Per cent of all processors, as the gate thread measured it last.
        package var utilization: Int

        package init(
            goal: Int,
            elapsed: Duration,
            completions: Int,
            minimum: Int,
            maximum: Int,
            utilization: Int = 0
        ) {
            precondition(minimum >= 1 && minimum <= maximum && completions >= 0)
            self.goal = goal
            self.elapsed = elapsed
            self.completions = completions
            self.minimum = minimum
            self.maximum = maximum
            self.utilization = utilization
        }
    }

    /// What the pool has to do, and when to ask again.
    package struct Adjustment: Equatable, Sendable {
        package var goal: Int
        package var interval: Duration
        /// Changes that were noted on the way, in their order.
        ///
        /// At most two: a change from outside (`Initializing`), then the move. Each is an entry of
        /// .NET's log, and an event `ThreadPoolWorkerThreadAdjustmentAdjustment`.
        package var transitions: [Transition]
        /// Set where the sample was exact enough to be used: .NET's `...AdjustmentStats` event.
        package var measurement: Measurement?
    }

    /// One change of the goal and why.
    package struct Transition: Equatable, Sendable {
        package var goal: Int
        package var reason: AdjustmentReason
        /// Completions per second since the change before.
        package var meanThroughput: Double
        /// Samples that there are to judge by, in whole periods.
        package var historyCount: Int
    }

    /// Where it stands.
    package struct Report: Equatable, Sendable {
        /// Of the last sample that was used.
        package var measurement: Measurement
        /// Samples used since the start.
        package var sampleCount: Int
        /// From one sample to the next.
        package var interval: Duration
        /// Per cent of all processors that the process used, as the gate thread measured it last.
        package var utilization: Int
    }

    /// The numbers behind a decision, by the fields of `ThreadPoolWorkerThreadAdjustmentStats`.
    package struct Measurement: Equatable, Sendable {
        /// Seconds that the sample took, together with those it was merged with.
        package var duration = 0.0
        /// Completions per second.
        package var throughput = 0.0
        /// Real part of the wave of the thread count, relative to its mean.
        package var threadWave = 0.0
        /// Real part of the throughput's answer to it, relative to its mean.
        package var throughputWave = 0.0
        package var throughputErrorEstimate = 0.0
        package var averageThroughputErrorEstimate = 0.0
        /// Above 0: more threads help.
        package var throughputRatio = 0.0
        package var confidence = 0.0
        /// Threads without the wave, before rounding.
        package var newControlSetting = 0.0
        /// Threads that the wave adds in its upper half.
        package var newThreadWaveMagnitude = 0
        /// What was decided on these numbers, whether or not the goal changed.
        package var reason = AdjustmentReason.warmup
    }
}
