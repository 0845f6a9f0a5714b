// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A terminal without a window: what a program writes to it can be read here.
final class PseudoTerminal {
    private typealias OpenPseudoTerminal =
        @convention(c) (
            UnsafeMutablePointer<Int32>, UnsafeMutablePointer<Int32>,
            UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?
        ) -> Int32

    /// The side that the program gets.
    let terminal: Int32
    private var window: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        // Glibc's Swift module leaves <pty.h> out.
        guard let symbol = unsafe dlsym(nil, "openpty") else { preconditionFailure("No openpty.") }
        let openpty = unsafe unsafeBitCast(symbol, to: OpenPseudoTerminal.self)
        let isOpen = unsafe ends.withUnsafeMutableBufferPointer { ends in
            guard let first = ends.baseAddress else { return false }
            return unsafe openpty(first, first + 1, nil, nil, nil) == 0
        }
        precondition(isOpen)
        window = ends[0]
        terminal = ends[1]
        precondition(fcntl(window, F_SETFL, O_NONBLOCK) == 0)
    }

    deinit {
        close(terminal)
        closeWindow()
    }

    /// The window is of this size.
    func resize(columns: Int, rows: Int) {
        var size = winsize()
        size.ws_col = UInt16(columns)
        size.ws_row = UInt16(rows)
        precondition(unsafe ioctl(window, UInt(TIOCSWINSZ), &size) == 0)
    }

    /// The user closes the window.
    func closeWindow() {
        if window >= 0 {
            close(window)
        }
        window = -1
    }

    /// All that has been written to the terminal since the last call.
    func read() -> String { String(decoding: readBytes(), as: UTF8.self) }

    /// The same as bytes, which may end in the middle of a character.
    ///
    /// What was written last may still be on its way: the kernel hands it over by a work queue.
    func readBytes() -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe Glibc.read(window, &buffer, buffer.count)
            guard count > 0 else { break }
            bytes += buffer[0..<count]
        }
        return bytes
    }

    /// Waits until there is something to read, at most ten seconds.
    func awaitOutput() {
        var ready = pollfd(fd: window, events: Int16(POLLIN), revents: 0)
        _ = unsafe poll(&ready, 1, 10_000)
    }

    /// The user types.
    func type(_ text: String) {
        let bytes = Array(text.utf8)
        precondition(unsafe write(window, bytes, bytes.count) == bytes.count)
    }

    /// Local modes and output modes, as `stty` would show them.
    var modes: [UInt32] {
        var modes = termios()
        precondition(unsafe tcgetattr(terminal, &modes) == 0)
        return [modes.c_lflag, modes.c_iflag, modes.c_oflag]
    }
}
