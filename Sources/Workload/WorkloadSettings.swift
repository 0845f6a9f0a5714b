// SPDX-License-Identifier: Apache-2.0

/// What a scenario does, as a plain value: the knobs of the command line and of the dashboard.
package struct WorkloadSettings: Codable, Equatable, Sendable {
    /// Connections or machines, as the scenario says.
    package var clients = 0
    /// Requests per second of an open loop; `nil` is a closed loop, where a client asks again only
    /// after its answer has come and it has thought about it.
    package var ratePerSecond: Double?
    /// How long the downstream call of a request takes, or how long a timer sleeps.
    package var delay = Duration.zero
    /// The delay varies evenly by this much in both directions.
    package var spread = Duration.zero
    /// Processor time that a request burns.
    package var processorTime = Duration.zero
    /// Of a hundred requests, those that block the thread they run on.
    package var blockingPercent = 0.0
    /// For how long they block it.
    package var blockingTime = Duration.zero
    /// In a closed loop a client thinks for this long before it asks again.
    ///
    /// The default, with the
    /// default delay and 200 clients, comes to more than three thousand operations a second, which
    /// a person can still follow.
    package var thinkTime = Duration.milliseconds(250)
    /// Thinking varies evenly by this much in both directions.
    package var thinkSpread = Duration.milliseconds(125)
    /// Number of the scenario's variant that runs.
    package var variant = 0
    /// Of a hundred answers, those after which the client resets its connection.
    package var resetPercent = 0.0

    package init() {}

    package static let rateRange = 0.1...1_000_000.0
    package static let percentRange = 0.0...100.0

    /// Reads `20ms` or `20ms~5ms`; `nil` where that is not a delay or the spread exceeds it.
    package static func parseDelay(_ text: String) -> (delay: Duration, spread: Duration)? {
        let parts = text.split(separator: "~", omittingEmptySubsequences: false)
        guard parts.count <= 2, let delay = DurationText.parse(parts[0]) else { return nil }
        guard parts.count == 2 else { return (delay, .zero) }
        guard let spread = DurationText.parse(parts[1]), spread <= delay else { return nil }
        return (delay, spread)
    }

    /// Reads `5%:200ms`: five of a hundred requests block for 200 ms.
    package static func parseBlocking(_ text: String) -> (percent: Double, time: Duration)? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let percent = parsePercent(parts[0]),
            let time = DurationText.parse(parts[1])
        else { return nil }
        return (percent, time)
    }

    /// Reads `5%`, `0.5%` or `5`, from 0 to 100.
    package static func parsePercent(_ text: some StringProtocol) -> Double? {
        let digits = text.hasSuffix("%") ? String(text.dropLast()) : String(text)
        guard !digits.isEmpty, digits.allSatisfy({ ($0.isASCII && $0.isNumber) || $0 == "." }),
            let percent = Double(digits), percentRange.contains(percent)
        else { return nil }
        return percent
    }
}
