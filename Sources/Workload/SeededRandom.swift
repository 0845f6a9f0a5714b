// SPDX-License-Identifier: Apache-2.0

/// SplitMix64: a stream of choices that the same seed repeats.
///
/// Every client and every request has a stream of its own, derived from the run's seed. A shared
/// generator would hand out its numbers in the order in which threads ask, so nothing would repeat.
package struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// The stream with the number `stream` of the family `seed`.
    package init(seed: UInt64, stream: UInt64 = 0) {
        state = seed
        // One step apart would give the same numbers shifted by one: the stream is mixed in first.
        state = next() ^ (stream &* 0xD1B5_4A32_D192_ED03)
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// True for `percent` of a hundred calls, on average.
    package mutating func chance(ofPercent percent: Double) -> Bool {
        percent > 0 && Double.random(in: 0..<100, using: &self) < percent
    }

    /// Evenly between `center - spread` and `center + spread`, never below zero.
    package mutating func duration(around center: Duration, spread: Duration) -> Duration {
        guard spread > .zero else { return center }
        let offset = spread * Double.random(in: -1...1, using: &self)
        return max(.zero, center + offset)
    }
}
