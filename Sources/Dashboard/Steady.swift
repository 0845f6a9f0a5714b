// SPDX-License-Identifier: Apache-2.0

/// A number that is shown until it has changed enough to matter.
///
/// A mean that wavers between 0.9 and 1.1 would flicker for ever and say nothing.
struct Steady: Equatable, Sendable {
    private(set) var value: Double?
    /// Changes up to this much do not show.
    let tolerance: Double
    /// Nor do changes up to this share of the value.
    let share: Double

    init(tolerance: Double, share: Double) {
        self.tolerance = tolerance
        self.share = share
    }

    mutating func update(_ new: Double) {
        guard new.isFinite else { return }
        if let value, abs(new - value) <= max(tolerance, abs(value) * share) { return }
        value = new
    }
}
