// SPDX-License-Identifier: Apache-2.0

/// The newest values of one number, one a second.
struct History: Equatable, Sendable {
    /// Seconds kept, which is also the widest sparkline.
    static let capacity = 120

    private var values: [Double] = []

    /// Values in the order of their seconds.
    var all: [Double] { values }

    /// Adds the value of a new second.
    mutating func append(_ value: Double) {
        if values.count == Self.capacity {
            values.removeFirst()
        }
        values.append(value.isFinite ? max(0, value) : 0)
    }

    /// The highest value of the last minute.
    var peak: Double { values.suffix(60).max() ?? 0 }

    /// Raises the newest value.
    mutating func raise(to value: Double) {
        guard let last = values.last, value.isFinite, value > last else { return }
        values[values.count - 1] = value
    }

    /// A bar chart of the newest values, one character each, right-aligned in `width`.
    ///
    /// Nothing is drawn as nothing, so that a program at rest has a screen at rest.
    /// A full bar is `top`, or, without it, a third more than the highest value shown: so a
    /// steady value has headroom and does not look like a limit that was hit.
    func sparkline(width: Int, top: Double? = nil, glyphs: Glyphs) -> String {
        guard width > 0 else { return "" }
        let shown = values.suffix(width)
        let top = top ?? (shown.max() ?? 0) * 4 / 3
        let steps = Double(glyphs.spark.count)
        let bars = shown.map { value -> Character in
            guard value > 0 else { return " " }
            let share = top > 0 ? min(1, value / top) : 0
            let height = Int((share * steps).rounded(.up)) - 1
            return glyphs.spark[min(max(height, 0), glyphs.spark.count - 1)]
        }
        return String(bars).right(width)
    }
}
