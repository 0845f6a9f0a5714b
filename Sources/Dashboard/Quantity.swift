// SPDX-License-Identifier: Apache-2.0

/// Numbers as text of a steady width, so that a changing value does not move its neighbours.
///
/// Values are cut, not rounded: the screen never shows more than there is.
enum Quantity {
    /// Widest result of ``count(_:)`` and ``rate(_:)``.
    static let countWidth = 4
    /// Widest result of ``duration(microseconds:glyphs:)``.
    static let durationWidth = 5

    /// The width of a column of whole numbers, each behind so many other characters.
    ///
    /// Of a number, a part is another number.
    static func width(
        ofNumbers numbers: some Sequence<Int>,
        behind prefix: Int,
        atLeast least: Int
    ) -> Int {
        max(least, prefix + String(numbers.max() ?? 0).count)
    }

    /// A count with at most two digits behind which a thousand is cut: `391`, `3.9k`, `39k`.
    static func count(_ value: Int) -> String {
        guard value >= 0 else { return "-" }
        guard value >= 1000 else { return "\(value)" }
        var value = value
        var tenths = 0
        var unit = ""
        for next in ["k", "M", "G", "T", "P", "E"] where value >= 1000 {
            tenths = value % 1000 / 100
            value /= 1000
            unit = next
        }
        return value < 10 ? "\(value).\(tenths)\(unit)" : "\(value)\(unit)"
    }

    /// A number per second, with tenths below ten: `0.5`, `12`, `3.9k`.
    static func rate(_ perSecond: Double) -> String {
        guard perSecond.isFinite, perSecond >= 0, perSecond < 1e18 else { return "-" }
        guard perSecond < 10, perSecond != perSecond.rounded(.down) else {
            return count(Int(perSecond))
        }
        let tenths = Int(perSecond * 10)
        return "\(tenths / 10).\(tenths % 10)"
    }

    /// A time in the unit that needs the fewest digits: `12µs`, `1.2ms`, `84ms`, `2.3s`, `12m`.
    static func duration(microseconds: Int, glyphs: Glyphs) -> String {
        switch microseconds {
        case ..<0: return "-"
        case ..<1000: return "\(microseconds)\(glyphs.micro)s"
        case ..<10_000: return tenths(microseconds / 100, "ms")
        case ..<1_000_000: return "\(microseconds / 1000)ms"
        case ..<100_000_000: return tenths(microseconds / 100_000, "s")
        default:
            let seconds = microseconds / 1_000_000
            if seconds < 600 { return tenths(seconds / 6, "m") }
            if seconds < 6000 { return "\(seconds / 60)m" }
            if seconds < 360_000 { return "\(seconds / 3600)h" }
            return "\(count(seconds / 86_400))d"
        }
    }

    /// The time that something has been going on for.
    ///
    /// From a second on in steps that get longer (1, 2, 5, 10, 20, 30), as a lower bound: of a
    /// thread that has been parked for a while nobody wants to see the tenths run.
    static func spell(microseconds: Int, glyphs: Glyphs) -> String {
        guard microseconds >= 1_000_000 else {
            return duration(microseconds: microseconds, glyphs: glyphs)
        }
        let seconds = microseconds / 1_000_000
        let (value, unit) =
            seconds < 60
            ? (seconds, "s") : seconds < 3600 ? (seconds / 60, "m") : (seconds / 3600, "h")
        if unit == "h", value >= 24 { return ">\(count(value / 24))d" }
        let step = [30, 20, 10, 5, 2].first { $0 <= value } ?? 1
        return ">\(step)\(unit)"
    }

    /// A size in memory: `512`, `38M`, `1.2G`.
    static func bytes(_ value: Int) -> String {
        guard value >= 1024 else { return value < 0 ? "-" : "\(value)" }
        var tenths = value
        var unit = ""
        for next in ["K", "M", "G", "T", "P"] where tenths >= (unit.isEmpty ? 1024 : 10_240) {
            tenths = unit.isEmpty ? tenths / 1024 * 10 + tenths % 1024 * 10 / 1024 : tenths / 1024
            unit = next
        }
        return tenths < 100 ? "\(tenths / 10).\(tenths % 10)\(unit)" : "\(tenths / 10)\(unit)"
    }

    /// A share in whole per cent, such as `18%`.
    static func percent(_ value: Double) -> String {
        guard value.isFinite, value >= 0, value < 1e9 else { return "-" }
        return "\(Int(value))%"
    }

    /// Time since the start: `01:42`, and from an hour on `1:01:42`.
    static func clock(seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0, seconds < 1e12 else { return "--:--" }
        let seconds = Int(seconds)
        let minutes = "\(twoDigits(seconds / 60 % 60)):\(twoDigits(seconds % 60))"
        return seconds < 3600 ? minutes : "\(seconds / 3600):\(minutes)"
    }

    /// The time of the day, `20:01:42`, that is a number of seconds behind the epoch.
    static func timeOfDay(unixSeconds: Double) -> String {
        guard unixSeconds.isFinite, abs(unixSeconds) < 1e15 else { return "--:--:--" }
        let day = 86_400
        let seconds = (Int(unixSeconds.rounded(.down)) % day + day) % day
        return [seconds / 3600, seconds / 60 % 60, seconds % 60].map(twoDigits)
            .joined(separator: ":")
    }

    private static func twoDigits(_ value: Int) -> String {
        value < 10 ? "0\(value)" : "\(value)"
    }

    /// Bytes per second, such as `12 kB/s`, from 1000 to the thousand.
    static func bytesPerSecond(_ value: Double) -> String {
        let value = Int(clamping: value)
        guard value >= 1000 else { return value < 0 ? "-" : "\(value) B/s" }
        let digits = count(value)
        return "\(digits.dropLast()) \(digits.suffix(1))B/s"
    }

    /// A small number with one digit behind the point.
    static func tenths(_ value: Double) -> String {
        guard value.isFinite, value >= 0, value < 1e15 else { return "-" }
        return tenths(Int(value * 10), "")
    }

    private static func tenths(_ value: Int, _ unit: String) -> String {
        "\(value / 10).\(value % 10)\(unit)"
    }
}

extension String {
    /// Columns that the text takes on the screen; see ``NarrowText``.
    var width: Int { NarrowText.isPrintableASCII(self) ? utf8.count : count }

    /// The text with blanks before it, at least `width` long.
    func right(_ width: Int) -> String {
        let missing = width - self.width
        return missing > 0 ? String(repeating: " ", count: missing) + self : self
    }

    /// The text with blanks behind it, at least `width` long.
    func left(_ width: Int) -> String {
        let missing = width - self.width
        return missing > 0 ? self + String(repeating: " ", count: missing) : self
    }

    /// The text cut to a width; the ellipsis takes the place of the last character kept.
    func cut(to width: Int, glyphs: Glyphs) -> String {
        guard self.width > width else { return self }
        guard width > 0 else { return "" }
        return prefix(width - 1) + glyphs.ellipsis
    }
}
