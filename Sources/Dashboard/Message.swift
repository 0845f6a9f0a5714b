// SPDX-License-Identifier: Apache-2.0

package import Telemetry

/// Something that happened outside, and that the model has to know.
package enum Message: Equatable, Sendable {
    /// What the runtime tells.
    package typealias Snapshot = RuntimeSnapshot

    case key(Key)
    case mouse(MouseEvent)
    case resize(Size)
    case snapshot(RuntimeSnapshot)
    /// What the dashboard has cost of late; about once a second.
    case cost(DashboardCost)
    /// Lines that somebody in the process wrote to standard error, for the event log.
    case standardError([String])
    /// A sentence of the program itself, for the user and for the event log.
    case remark(String)
}

/// Something that the model wants done outside.
package enum Effect: Equatable, Sendable {
    /// What the runtime is asked for.
    package typealias Command = RuntimeCommand

    case command(Command)
    /// The user has changed how the screen looks: what it was, and what it is.
    case keep(old: Preferences, new: Preferences)
    /// Forget what the terminal shows and paint everything anew.
    case repaint
    case suspend
    case quit
}
