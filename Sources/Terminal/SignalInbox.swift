// SPDX-License-Identifier: Apache-2.0

internal import CNCurses
internal import Glibc

/// Signals as events of the dashboard's loop instead of interruptions of any thread.
package final class SignalInbox {
    let descriptor: Int32

    /// Keeps the signals from every thread; call it before any thread is started.
    ///
    /// They are INT, TERM, HUP, QUIT, WINCH, TSTP and CONT. A child process should unblock them.
    package static func blockInAllThreads() {
        cn_signals_block()
    }

    init() throws(TerminalError) {
        cn_signals_block()
        descriptor = cn_signal_descriptor()
        if descriptor < 0 {
            throw .failed(call: "signalfd", errno: errno)
        }
    }

    deinit {
        close(descriptor)
    }

    /// The next signal that has come in, if any.
    func next() -> Int32? {
        let number = cn_signal_next(descriptor)
        return number > 0 ? number : nil
    }
}
