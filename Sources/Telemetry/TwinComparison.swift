// SPDX-License-Identifier: Apache-2.0

/// The same load on two ways of waiting, side by side: async code, and a thread per connection.
///
/// Each way is a process of its own. They run in turns, so that neither takes a processor from the
/// other, and each turn begins with a new process.
package struct TwinComparison: Codable, Equatable, Sendable {
    package enum Way: String, Codable, CaseIterable, Sendable {
        /// Operations go through the port, and no thread waits for them.
        case async
        /// Each connection has a thread at either end, which waits within its calls.
        case sync

        package var other: Way { self == .async ? .sync : .async }
    }

    /// What one twin has done and used in its newest turn.
    ///
    /// Until a new turn is a second old these are the figures of the one before.
    package struct Side: Codable, Equatable, Sendable {
        /// Turns that have ended.
        package var turns = 0
        /// How long the turn lasted that the figures are of, connecting included.
        package var seconds = 0.0
        package var threads = 0
        package var residentBytes = 0
        /// How often its threads left a processor.
        package var contextSwitches = 0
        /// Of one core, on average.
        package var cpuPercent = 0.0
        package var requests = RuntimeSnapshot.Requests()
        /// A limit that it has hit, as a sentence; empty without one.
        package var problem = ""

        package init() {}

        package var contextSwitchesPerSecond: Double {
            seconds > 0 ? Double(contextSwitches) / seconds : 0
        }

        package var contextSwitchesPerRequest: Double {
            requests.completed > 0 ? Double(contextSwitches) / Double(requests.completed) : 0
        }
    }

    /// Whose turn it is.
    package var running = Way.async
    /// For how long it has been.
    package var elapsedSeconds = 0.0
    /// How long a turn lasts.
    package var turnSeconds = 0.0
    package var async = Side()
    package var sync = Side()

    package init() {}

    package subscript(way: Way) -> Side {
        get { way == .async ? async : sync }
        set {
            if way == .async { async = newValue } else { sync = newValue }
        }
    }
}
