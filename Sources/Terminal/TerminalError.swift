// SPDX-License-Identifier: Apache-2.0

/// Why there is no screen; the description is one sentence that says what to do.
package enum TerminalError: Error, Equatable, CustomStringConvertible {
    /// Input or output is a file, a pipe, or closed.
    case notATerminal
    /// The environment variable TERM is unset or empty.
    case noTerminalType
    /// There is no description of the terminal type, or it has no full screen, as `dumb`.
    case unknownTerminalType(String)
    /// A system call failed that a screen cannot do without.
    case failed(call: String, errno: Int32)
    /// The window was closed, or the connection lost.
    case vanished

    package var description: String {
        switch self {
        case .notATerminal:
            "The dashboard needs a terminal as its input and output; use `pooltop headless` here."
        case .noTerminalType:
            "The variable TERM is not set; set it to your terminal's type, such as xterm-256color."
        case .unknownTerminalType(let name):
            "A terminal of type \"\(name)\" is not known or has no full screen; "
                + "set TERM to what it is, such as xterm-256color."
        case .failed(let call, let number):
            "The terminal could not be set up: \(call) failed with error \(number)."
        case .vanished:
            "The terminal is gone."
        }
    }
}
