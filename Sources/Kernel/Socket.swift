// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc
package import SystemPackage

/// Non-blocking TCP calls on a descriptor.
///
/// None of them waits; `EAGAIN` says that it would have to.
package enum Socket {
    /// A non-blocking TCP socket of the address's family.
    ///
    /// Corresponds to `socket(2)`.
    package static func make(for address: SocketAddress) throws(Errno) -> Descriptor {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let domain = address.domain
        return Descriptor(taking: Int32(try systemCall { Int(socket(domain, type, 0)) }))
    }

    /// A bound and listening socket.
    package static func listen(
        on address: SocketAddress,
        backlog: Int
    ) throws(Errno) -> Descriptor {
        let descriptor = try make(for: address)
        let fd = descriptor.number
        try setOption(fd, SOL_SOCKET, SO_REUSEADDR, 1)
        try bind(fd, to: address)
        _ = try systemCall { Int(Glibc.listen(fd, Int32(clamping: backlog))) }
        return descriptor
    }

    /// Corresponds to `bind(2)`.
    package static func bind(_ fd: Int32, to address: SocketAddress) throws(Errno) {
        _ = try systemCall {
            unsafe address.withSockaddr { unsafe Int(Glibc.bind(fd, $0, $1)) }
        }
    }

    /// Binds to a source address and leaves the choice of port to `connect`, which may then share
    /// one port among many destinations (`IP_BIND_ADDRESS_NO_PORT`).
    package static func bindSource(_ fd: Int32, to address: SocketAddress) throws(Errno) {
        let bindAddressNoPort: Int32 = 24
        try setOption(fd, Int32(IPPROTO_IP), bindAddressNoPort, 1)
        try bind(fd, to: address)
    }

    /// Starts to connect, or asks how far it is: the call is the same.
    ///
    /// - Returns: whether the connection stands.
    package static func connect(_ fd: Int32, to address: SocketAddress) throws(Errno) -> Bool {
        let result = unsafe address.withSockaddr { unsafe Glibc.connect(fd, $0, $1) }
        if result == 0 { return true }
        let code = errno
        switch code {
        case EISCONN: return true
        // A connect that a signal interrupted goes on by itself.
        case EINPROGRESS, EALREADY, EINTR: return false
        default: throw Errno(rawValue: code)
        }
    }

    /// Corresponds to `accept4(2)`; the new socket is non-blocking.
    package static func accept(_ fd: Int32) throws(Errno) -> Descriptor {
        Descriptor(taking: Int32(try systemResult { clinux_accept(fd) }))
    }

    /// Corresponds to `recv(2)`; 0 is the end of the stream.
    @inline(__always)
    package static func receive(
        _ fd: Int32,
        into buffer: UnsafeMutableRawPointer,
        count: Int
    ) throws(Errno) -> Int {
        try systemCall { unsafe recv(fd, buffer, count, 0) }
    }

    /// Corresponds to `send(2)` with `MSG_NOSIGNAL`.
    @inline(__always)
    package static func send(
        _ fd: Int32,
        from buffer: UnsafeRawPointer,
        count: Int
    ) throws(Errno) -> Int {
        try systemCall { unsafe Glibc.send(fd, buffer, count, Int32(MSG_NOSIGNAL)) }
    }

    /// Sends without waiting for more (`TCP_NODELAY`).
    package static func disableDelay(_ fd: Int32) throws(Errno) {
        try setOption(fd, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
    }

    /// Makes the next close send RST and drop unsent data (`SO_LINGER` of zero).
    package static func resetOnClose(_ fd: Int32) throws(Errno) {
        var linger = linger(l_onoff: 1, l_linger: 0)
        let size = socklen_t(MemoryLayout<Glibc.linger>.size)
        _ = try systemCall {
            unsafe Int(setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, size))
        }
    }

    /// Ends the writing side; the peer reads the end of the stream.
    package static func shutdownWrite(_ fd: Int32) throws(Errno) {
        _ = try systemCall { Int(shutdown(fd, Int32(SHUT_WR))) }
    }

    package static func localAddress(_ fd: Int32) -> SocketAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(fd, $0, &length)
            }
        }
        return result == 0 ? SocketAddress(storage: storage) : nil
    }

    static func setOption(
        _ fd: Int32,
        _ level: Int32,
        _ name: Int32,
        _ value: Int32
    ) throws(Errno) {
        var value = value
        _ = try systemCall {
            unsafe Int(setsockopt(fd, level, name, &value, socklen_t(MemoryLayout<Int32>.size)))
        }
    }
}
