// SPDX-License-Identifier: Apache-2.0

/// When a client sends its next request.
///
/// A pure value: clock and settings are handed in.
///
/// In a closed loop a client thinks after each answer, so a slow server is asked less often. In an
/// open loop requests fall due by a timetable, whatever the server does; latency then counts from
/// the due time, or a stalled server would look fast (the error known as coordinated omission).
package struct RequestPace: Sendable {
    package enum Step: Equatable {
        /// Wait this long, then ask again.
        case wait(Duration)
        /// Send now; latency counts from `due`.
        case send(due: Duration)
    }

    /// The longest wait without a look at the settings, so that a new rate is soon in effect.
    static let longestWait = Duration.seconds(1)

    private let client: Int
    private var random: SeededRandom
    private var due: Duration?
    private var rate: Double?
    private var clients = 0

    package init(client: Int, random: SeededRandom) {
        self.client = client
        self.random = random
    }

    /// What to do at `now`, given the open loop's rate (`nil` when closed) over all clients.
    ///
    /// In a closed loop a client thinks for `think`, give or take its spread.
    package mutating func next(
        now: Duration,
        rate: Double?,
        clients: Int,
        think: (time: Duration, spread: Duration)
    ) -> Step {
        if rate != self.rate || rate != nil && clients != self.clients {
            self.rate = rate
            self.clients = clients
            due = nil
        }
        let next = due ?? firstDue(after: now, think)
        guard next <= now else {
            due = next
            return .wait(min(next - now, Self.longestWait))
        }
        guard let interval else {
            due = nil
            return .send(due: now)
        }
        due = next + interval
        return .send(due: next)
    }

    /// Time between two requests of one client in an open loop.
    private var interval: Duration? {
        rate.map { .seconds(1) * (Double(max(1, clients)) / $0) }
    }

    /// In an open loop the clients take their turns evenly; in a closed loop each one thinks.
    private mutating func firstDue(
        after now: Duration,
        _ think: (time: Duration, spread: Duration)
    ) -> Duration {
        guard let interval else {
            return now + random.duration(around: think.time, spread: think.spread)
        }
        return now + interval * (Double(client % max(1, clients)) / Double(max(1, clients)))
    }
}
