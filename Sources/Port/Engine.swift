// SPDX-License-Identifier: Apache-2.0

package import Kernel
package import SystemPackage

/// One readiness event, as an engine reports it.
package struct ReadinessEvent: Sendable {
    /// The key that the descriptor was registered with.
    package var key: UInt64
    package var read: Bool
    package var write: Bool
    /// The peer has ended its stream, or the connection broke: no further edge may come.
    package var isEnd: Bool

    package init(key: UInt64, read: Bool, write: Bool, isEnd: Bool = false) {
        self.key = key
        self.read = read
        self.write = write
        self.isEnd = isEnd
    }
}

/// What a completion port needs of the system: to wait for readiness, and the calls themselves.
///
/// epoll reports readiness, not completion. So the port makes the calls, through here, and only
/// then has something to put into a packet. Nothing here waits, except `wait`.
package protocol Engine: Sendable {
    /// Registers once for both directions, edge-triggered.
    func add(_ descriptor: Int32, key: UInt64) throws(Errno)
    /// Waits at most `timeout` nanoseconds (negative: for ever) and appends what happened, as a
    /// rule at most `limit` events. At most one thread waits at a time.
    func wait(timeout: Int64, limit: Int, into events: inout [ReadinessEvent])
    /// Whether a wait would return at once. Takes nothing, and may be asked by any thread.
    var isReady: Bool { get }
    /// Makes the present or next `wait` return. Wake-ups coalesce.
    func interrupt()

    func receive(_ fd: Int32, into: UnsafeMutableRawPointer, count: Int) throws(Errno) -> Int
    func send(_ fd: Int32, from: UnsafeRawPointer, count: Int) throws(Errno) -> Int
    func accept(_ fd: Int32) throws(Errno) -> Int32
    func connect(_ fd: Int32, to address: SocketAddress) throws(Errno) -> Bool
    func close(_ fd: Int32)
}

/// The engine of a port.
///
/// A closed choice rather than a type parameter: the real one is called directly, without generics
/// across modules or existentials; tests bring their own.
package enum PortEngine: Sendable {
    case epoll(EpollEngine)
    case simulated(any Engine)

    @inline(__always)
    func wait(timeout: Int64, limit: Int, into events: inout [ReadinessEvent]) {
        switch self {
        case .epoll(let engine): engine.wait(timeout: timeout, limit: limit, into: &events)
        case .simulated(let engine): engine.wait(timeout: timeout, limit: limit, into: &events)
        }
    }

    func add(_ descriptor: Int32, key: UInt64) throws(Errno) {
        switch self {
        case .epoll(let engine): try engine.add(descriptor, key: key)
        case .simulated(let engine): try engine.add(descriptor, key: key)
        }
    }

    var isReady: Bool {
        switch self {
        case .epoll(let engine): engine.isReady
        case .simulated(let engine): engine.isReady
        }
    }

    func interrupt() {
        switch self {
        case .epoll(let engine): engine.interrupt()
        case .simulated(let engine): engine.interrupt()
        }
    }

    @inline(__always)
    func receive(_ fd: Int32, into: UnsafeMutableRawPointer, count: Int) throws(Errno) -> Int {
        switch self {
        case .epoll: try unsafe Socket.receive(fd, into: into, count: count)
        case .simulated(let engine): try unsafe engine.receive(fd, into: into, count: count)
        }
    }

    @inline(__always)
    func send(_ fd: Int32, from: UnsafeRawPointer, count: Int) throws(Errno) -> Int {
        switch self {
        case .epoll: try unsafe Socket.send(fd, from: from, count: count)
        case .simulated(let engine): try unsafe engine.send(fd, from: from, count: count)
        }
    }

    func accept(_ fd: Int32) throws(Errno) -> Int32 {
        switch self {
        case .epoll(let engine): try engine.accept(fd)
        case .simulated(let engine): try engine.accept(fd)
        }
    }

    func connect(_ fd: Int32, to address: SocketAddress) throws(Errno) -> Bool {
        switch self {
        case .epoll(let engine): try engine.connect(fd, to: address)
        case .simulated(let engine): try engine.connect(fd, to: address)
        }
    }

    func close(_ fd: Int32) {
        switch self {
        case .epoll(let engine): engine.close(fd)
        case .simulated(let engine): engine.close(fd)
        }
    }
}
