// SPDX-License-Identifier: Apache-2.0

internal import CNCurses
internal import Glibc

/// The line discipline of the terminal, as it was and as the dashboard needs it.
struct TerminalModes {
    private let terminal: Int32
    /// The modes to give back.
    let original: termios

    /// Notes the present modes, as `tcgetattr(3)` tells them.
    init(terminal: Int32) throws(TerminalError) {
        self.terminal = terminal
        var modes = termios()
        guard unsafe tcgetattr(terminal, &modes) == 0 else { throw .notATerminal }
        original = modes
    }

    /// Delivers keys one by one and without echo, and output as it is.
    ///
    /// Keys that send signals keep doing so; the signals are read from a descriptor.
    func makeRaw() {
        var modes = original
        modes.c_lflag &= ~tcflag_t(ICANON | ECHO | IEXTEN)
        modes.c_iflag &= ~tcflag_t(IXON | ICRNL | INLCR | IGNCR | ISTRIP)
        modes.c_oflag &= ~tcflag_t(OPOST)
        // A read takes what is there and never waits, whoever else reads from the terminal.
        unsafe withUnsafeMutableBytes(of: &modes.c_cc) { characters in
            unsafe characters[Int(VMIN)] = 0
            unsafe characters[Int(VTIME)] = 0
        }
        unsafe tcsetattr(terminal, TCSANOW, &modes)
    }

    /// Gives back the original modes.
    func restore() {
        var modes = original
        unsafe tcsetattr(terminal, TCSANOW, &modes)
    }
}
