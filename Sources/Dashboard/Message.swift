// SPDX-License-Identifier: Apache-2.0

package import Telemetry

/// Something that happened outside, and that the model has to know.
package enum Message: Equatable, Sendable {
    /// What the runtime tells.
    package typealias Snapshot = RuntimeSnapshot

    case key(Key)
    case resize(Size)
    case snapshot(RuntimeSnapshot)
}

/// Something that the model wants done outside.
package enum Effect: Equatable, Sendable {
    /// What the runtime is asked for.
    package typealias Command = RuntimeCommand

    case command(Command)
    /// Forget what the terminal shows and paint everything anew.
    case repaint
    case suspend
    case quit
}
