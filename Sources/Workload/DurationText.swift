// SPDX-License-Identifier: Apache-2.0

/// Durations as people write them: `250us`, `10ms`, `2s`, `1.5m`.
package enum DurationText {
    /// The longest duration that the settings hold.
    package static let maximum = Duration.seconds(3600)

    private static let units: [(suffix: String, microseconds: Double)] = [
        ("us", 1), ("µs", 1), ("ms", 1000), ("s", 1_000_000), ("m", 60_000_000),
    ]

    /// Reads a number with a unit, or a bare `0`; `nil` for anything else, and beyond ``maximum``.
    package static func parse(_ text: some StringProtocol) -> Duration? {
        if text == "0" { return .zero }
        for (suffix, microseconds) in units where text.hasSuffix(suffix) {
            let digits = text.dropLast(suffix.count)
            // `Double` alone would accept `inf`, `0x1p3` and a sign.
            guard let first = digits.first, first.isASCII, first.isNumber,
                digits.allSatisfy({ ($0.isASCII && $0.isNumber) || $0 == "." }),
                let number = Double(String(digits))
            else { continue }
            let total = (number * microseconds).rounded()
            guard total <= Double(maximum.wholeMicroseconds) else { return nil }
            return .microseconds(Int64(total))
        }
        return nil
    }

    /// The shortest text that ``parse(_:)`` reads back: `1500us`, `20ms`, `3s`.
    package static func format(_ duration: Duration) -> String {
        let microseconds = duration.wholeMicroseconds
        if microseconds == 0 { return "0" }
        if microseconds % 1_000_000 == 0 { return "\(microseconds / 1_000_000)s" }
        if microseconds % 1000 == 0 { return "\(microseconds / 1000)ms" }
        return "\(microseconds)us"
    }
}

extension Duration {
    /// Whole microseconds, saturated to 64 bits.
    package var wholeMicroseconds: Int {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        return Int(product + attoseconds / 1_000_000_000_000)
    }
}
