// SPDX-License-Identifier: Apache-2.0

/// Tokens on an arrow, each of which stands for so many operations.
///
/// They move by one cell for every so many operations that have passed: what is seen to move has
/// happened. Where nothing has passed lately the arrow is bare.
struct TokenTrain {
    /// How far tokens are apart.
    private static let distance = 3

    /// Operations that a token stands for.
    let worth: Int

    /// Chooses the value of a token so that it can be followed with the eye.
    init(ratePerSecond: Double) {
        var worth = 1
        while ratePerSecond / Double(worth) > 8, worth < 1_000_000 { worth *= 10 }
        self.worth = worth
    }

    /// Which cells of an arrow hold a token, the first cell first.
    func cells(length: Int, passed: Int, ratePerSecond: Double?) -> [Bool] {
        guard let ratePerSecond, ratePerSecond >= 0.5, length > 0 else {
            return Array(repeating: false, count: max(0, length))
        }
        let moved = passed / worth
        return (0..<length).map { cell in
            (cell - moved % Self.distance + Self.distance) % Self.distance == 0
        }
    }
}
