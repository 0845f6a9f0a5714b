// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// A number of the runtime that a key can change.
enum Setting: CaseIterable, Sendable {
    case concurrency
    case pollerMinimum
    case workerMinimum
    case clients

    /// What the key bar calls it.
    var name: String {
        switch self {
        case .concurrency: "concurrency"
        case .pollerMinimum, .workerMinimum: "minimum"
        case .clients: "clients"
        }
    }

    /// What a notice calls it.
    var subject: String {
        switch self {
        case .concurrency: "port: concurrency value"
        case .pollerMinimum: "pollers: minimum"
        case .workerMinimum: "workers: minimum"
        case .clients: "state machines: clients"
        }
    }

    /// The value that the runtime has now, or `nil` if there is nothing to change.
    func value(in snapshot: RuntimeSnapshot) -> Int? {
        switch self {
        case .concurrency: snapshot.port.concurrency
        case .pollerMinimum: snapshot.pollers.minimum
        case .workerMinimum: snapshot.workers.minimum
        case .clients:
            snapshot.detail.flatMap { $0.settings.clientsMaximum > 0 ? $0.settings.clients : nil }
        }
    }

    /// The values that make sense, as far as the snapshot tells.
    func range(in snapshot: RuntimeSnapshot) -> ClosedRange<Int> {
        switch self {
        case .concurrency, .pollerMinimum: 1...max(1, snapshot.pollers.maximum)
        case .workerMinimum: 1...max(1, snapshot.workers.maximum)
        case .clients: 0...max(0, snapshot.detail?.settings.clientsMaximum ?? 0)
        }
    }

    /// The command that asks for a value.
    func command(_ value: Int) -> RuntimeCommand {
        switch self {
        case .concurrency: .setConcurrency(value)
        case .pollerMinimum: .setPollerMinimum(value)
        case .workerMinimum: .setWorkerMinimum(value)
        case .clients: .setClients(value)
        }
    }

    /// The next value upwards or downwards.
    ///
    /// Thread counts move by one. Clients move by about a tenth, in steps of 1, 2 or 5 times a
    /// power of ten, so that a few presses go from ten to thousands.
    func neighbour(of value: Int, up: Bool) -> Int {
        guard self == .clients else { return up ? value + 1 : value - 1 }
        let step = Self.step(near: up ? value : value - 1)
        return up ? value + step : value - step
    }

    private static func step(near value: Int) -> Int {
        var power = 1
        while power <= value / 100 {
            power *= 10
        }
        return [5 * power, 2 * power].first { $0 <= value / 10 } ?? power
    }
}
