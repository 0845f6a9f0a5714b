// SPDX-License-Identifier: Apache-2.0

/// The parts of the screen that keys can act on, in the order of the picture.
package enum Pane: Int, CaseIterable, Sendable {
    case port = 1
    case pollers
    case workers
    case machines

    /// The pane that `Tab` leads to.
    var next: Pane { Pane(rawValue: rawValue + 1) ?? .port }

    /// The pane that `Shift-Tab` leads to.
    var previous: Pane { Pane(rawValue: rawValue - 1) ?? .machines }

    /// Its name, as the head of the pane says it.
    var name: String {
        switch self {
        case .port: "Completion port"
        case .pollers: "Pollers"
        case .workers: "Workers"
        case .machines: "State machines"
        }
    }

    /// Its name where there is little room.
    var shortName: String {
        switch self {
        case .port: "Port"
        case .pollers: "Pollers"
        case .workers: "Workers"
        case .machines: "Machines"
        }
    }

    /// The number that `+` and `-` change.
    var setting: Setting {
        switch self {
        case .port: .concurrency
        case .pollers: .pollerMinimum
        case .workers: .workerMinimum
        case .machines: .clients
        }
    }
}
