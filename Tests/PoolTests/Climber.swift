// SPDX-License-Identifier: Apache-2.0

import Pool
import TestSupport

/// Hill climbing against a simulated load, by manual time: a minute takes milliseconds.
struct Climber {
    var hill: HillClimbing
    var random: SeededRandom
    var minimum: Int
    var maximum: Int
    var utilization = 0
    var goal: Int
    var elapsed = Duration.zero
    var transitions: [HillClimbing.Transition] = []
    /// Parts of an item that the last sample did not complete.
    private var rest = 0.0

    init(
        minimum: Int = 4,
        maximum: Int = 32767,
        goal: Int? = nil,
        seed: UInt64 = 0x411,
        parameters: HillClimbing.Parameters = HillClimbing.Parameters()
    ) {
        random = SeededRandom(seed: seed)
        hill = HillClimbing(parameters: parameters, using: &random)
        self.minimum = minimum
        self.maximum = maximum
        self.goal = goal ?? minimum
    }

    /// One sample of `elapsed` with so many completions.
    @discardableResult
    mutating func sample(_ elapsed: Duration, completions: Int) -> HillClimbing.Adjustment {
        let adjustment = hill.update(
            HillClimbing.Sample(
                goal: goal,
                elapsed: elapsed,
                completions: completions,
                minimum: minimum,
                maximum: maximum,
                utilization: utilization
            ),
            using: &random
        )
        self.elapsed += elapsed
        goal = adjustment.goal
        transitions += adjustment.transitions
        return adjustment
    }

    /// Runs for a simulated time with completions per second by the number of threads.
    ///
    /// Returns the goals, each with the time at which it was set.
    @discardableResult
    mutating func run(
        for time: Duration,
        noise: Double = 0,
        throughput: (Int) -> Double
    ) -> [(time: Duration, goal: Int)] {
        let end = elapsed + time
        var interval = hill.interval
        var goals: [(Duration, Int)] = []
        while elapsed < end {
            let factor = noise == 0 ? 1 : 1 + Double.random(in: -noise...noise, using: &random)
            rest += throughput(goal) * (interval / .seconds(1)) * factor
            let completions = max(0, Int(rest))
            rest -= Double(completions)
            let adjustment = sample(interval, completions: completions)
            interval = adjustment.interval
            goals.append((elapsed, goal))
        }
        return goals
    }
}
