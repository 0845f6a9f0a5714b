// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc
package import SystemPackage

/// A child that runs this same executable: it is told things by a socket and tells by a pipe.
///
/// The child asks by ``dieWithParent(_:)`` to be killed when the thread that started it ends, so
/// that thread has to live as long as the child is wanted.
package struct ChildProcess: ~Copyable, Sendable {
    package enum Event: Sendable {
        /// The child has written.
        case bytes([UInt8])
        /// It has closed its output, as it does when it ends.
        case end
        /// The other descriptor is readable.
        case interrupted
        case timeout
    }

    private static let chunk = 1 << 16

    private let identifier: pid_t
    private let orders: Descriptor
    private let output: Descriptor
    private var hasEnded = false

    /// Starts it with these arguments; its standard error is ours.
    ///
    /// - Throws: `EAGAIN` where a limit of processes is hit, `EMFILE` for want of descriptors.
    package init(arguments: [String]) throws(Errno) {
        var ends: (Int32, Int32) = (-1, -1)
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        _ = try systemCall {
            unsafe withUnsafeMutablePointer(to: &ends) { pair in
                unsafe pair.withMemoryRebound(to: Int32.self, capacity: 2) {
                    unsafe Int(socketpair(AF_UNIX, type, 0, $0))
                }
            }
        }
        let orders = Descriptor(taking: ends.0)
        let input = Descriptor(taking: ends.1)
        _ = try systemResult { unsafe clinux_pipe(&ends.0, &ends.1) }
        let output = Descriptor(taking: ends.0)
        let written = Descriptor(taking: ends.1)
        let words = ["pooltop"] + arguments
        var text = words.joined(separator: "\0").utf8CString
        text.append(0)
        var child: pid_t = 0
        let code = unsafe text.withUnsafeBufferPointer { buffer in
            unsafe clinux_spawn_self(
                buffer.baseAddress,
                Int32(words.count),
                input.number,
                written.number,
                &child
            )
        }
        guard code == 0 else { throw Errno(rawValue: code) }
        identifier = child
        self.orders = orders
        self.output = output
    }

    deinit {
        kill(identifier, SIGKILL)
        var status: Int32 = 0
        while unsafe waitpid(identifier, &status, 0) < 0, errno == EINTR {}
    }

    /// Writes to its standard input; a child that is gone hears nothing.
    package func tell(_ bytes: [UInt8]) {
        try? BlockingSocket.send(orders.number, bytes)
    }

    /// Waits until the child has written, the other descriptor is readable, or time is up.
    ///
    /// That the child has ended is told once.
    package mutating func next(or other: Int32, timeout: Duration) -> Event {
        var ready = [
            pollfd(fd: hasEnded ? -1 : output.number, events: Int16(POLLIN), revents: 0),
            pollfd(fd: other, events: Int16(POLLIN), revents: 0),
        ]
        let milliseconds = (max(0, timeout.nanosecondsClamped) + 999_999) / 1_000_000
        let count = unsafe poll(&ready, nfds_t(ready.count), Int32(clamping: milliseconds))
        if count <= 0 { return .timeout }
        if ready[1].revents != 0 { return .interrupted }
        var bytes = [UInt8](repeating: 0, count: Self.chunk)
        let fd = output.number
        guard let read = try? systemCall({ unsafe Glibc.read(fd, &bytes, bytes.count) }), read > 0
        else {
            hasEnded = true
            return .end
        }
        bytes.removeLast(bytes.count - read)
        return .bytes(bytes)
    }

    /// In the child: it ends when the parent does.
    ///
    /// Returns false where the parent has ended already.
    package static func dieWithParent(_ parent: Int32) -> Bool {
        clinux_die_with_parent(parent) != 0
    }

    /// What the child is to be told of its parent.
    package static var ownIdentifier: Int32 { getpid() }
}
