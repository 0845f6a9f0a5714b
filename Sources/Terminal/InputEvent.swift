// SPDX-License-Identifier: Apache-2.0

internal import Dashboard

/// What a person did at the terminal.
enum InputEvent: Equatable, Sendable {
    case key(Key)
    case mouse(MouseEvent)

    /// The same, as the dashboard's model is told.
    var message: Message {
        switch self {
        case .key(let key): .key(key)
        case .mouse(let event): .mouse(event)
        }
    }
}
