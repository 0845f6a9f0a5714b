// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Writes to the terminal without ever waiting for it.
///
/// Descriptors 0 to 2 share one open file description with the shell, so it must stay blocking.
/// The terminal is opened anew instead. What it does not take at once is kept and goes first:
/// nothing is lost in the middle of an escape sequence, so what ncurses believes of the screen
/// stays true, and the frames dropped meanwhile need no full repaint.
final class TerminalWriter {
    /// What to wait on until the terminal takes more.
    let descriptor: Int32
    private(set) var writeCount = 0
    private(set) var byteCount = 0
    private var pending: ArraySlice<UInt8> = []

    init(terminal: Int32) throws(TerminalError) {
        var path = [CChar](repeating: 0, count: 256)
        let isNamed = unsafe ttyname_r(terminal, &path, path.count) == 0
        let flags = O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC
        let opened = isNamed ? unsafe open(path, flags) : -1
        // Without a name, as in some containers, it is the shared description, which may wait.
        descriptor = opened >= 0 ? opened : fcntl(terminal, F_DUPFD_CLOEXEC, 3)
        if descriptor < 0 {
            throw .failed(call: "open", errno: errno)
        }
    }

    deinit {
        close(descriptor)
    }

    /// Whether bytes wait for the terminal to take them.
    var isBehind: Bool { !pending.isEmpty }

    /// Writes bytes in one call, or keeps what the terminal does not take.
    func write(_ bytes: [UInt8]) throws(TerminalError) {
        pending += bytes
        try flush()
    }

    /// Writes what is kept, as far as the terminal takes it.
    func flush() throws(TerminalError) {
        while !pending.isEmpty {
            let count = unsafe pending.withUnsafeBytes { bytes in
                unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
            }
            if count > 0 {
                writeCount += 1
                byteCount += count
                pending = pending.dropFirst(count)
            } else if count < 0, errno == EAGAIN {
                return
            } else if count == 0 || errno != EINTR {
                pending = []
                throw .vanished
            }
        }
        pending = []
    }

    /// Writes what is kept, waiting for the terminal, but not for one that takes nothing.
    ///
    /// Returns whether it has taken all; what it has not is given up.
    @discardableResult
    func flush(patienceMilliseconds: Int32) -> Bool {
        while isBehind {
            var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            let count = unsafe poll(&ready, 1, patienceMilliseconds)
            guard count > 0, (try? flush()) != nil else {
                pending = []
                return false
            }
        }
        return true
    }
}
