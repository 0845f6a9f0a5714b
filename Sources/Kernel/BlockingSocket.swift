// SPDX-License-Identifier: Apache-2.0

internal import Glibc
package import SystemPackage

/// TCP calls that wait within the call and hold their thread meanwhile.
///
/// The runtime has no use for them. They are what it is compared with.
package enum BlockingSocket {
    /// A bound and listening socket.
    package static func listen(
        on address: SocketAddress,
        backlog: Int
    ) throws(Errno) -> Descriptor {
        let descriptor = try make(for: address)
        let fd = descriptor.number
        try Socket.setOption(fd, SOL_SOCKET, SO_REUSEADDR, 1)
        try Socket.bind(fd, to: address)
        _ = try systemCall { Int(Glibc.listen(fd, Int32(clamping: backlog))) }
        return descriptor
    }

    /// Waits for the next connection.
    ///
    /// Corresponds to `accept(2)`.
    package static func accept(_ fd: Int32) throws(Errno) -> Descriptor {
        let accepted = Descriptor(
            taking: Int32(try systemCall { Int(Glibc.accept(fd, nil, nil)) })
        )
        try Socket.disableDelay(accepted.number)
        return accepted
    }

    /// Waits until the connection stands.
    ///
    /// Corresponds to `connect(2)`.
    package static func connect(
        to address: SocketAddress,
        from source: SocketAddress?
    ) throws(Errno) -> Descriptor {
        let descriptor = try make(for: address)
        let fd = descriptor.number
        if let source { try Socket.bindSource(fd, to: source) }
        try Socket.disableDelay(fd)
        _ = try systemCall {
            unsafe address.withSockaddr { unsafe Int(Glibc.connect(fd, $0, $1)) }
        }
        return descriptor
    }

    /// Waits for bytes and returns them; none are the end of the stream.
    package static func receive(_ fd: Int32, atMost count: Int) throws(Errno) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let received = try systemCall { unsafe recv(fd, &bytes, count, 0) }
        bytes.removeLast(count - received)
        return bytes
    }

    /// Waits until the kernel has taken all bytes.
    package static func send(_ fd: Int32, _ bytes: [UInt8]) throws(Errno) {
        var sent = 0
        while sent < bytes.count {
            sent += try systemCall {
                unsafe bytes.withUnsafeBytes { raw in
                    let rest = unsafe UnsafeRawBufferPointer(rebasing: raw[sent...])
                    return unsafe Glibc.send(fd, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
                }
            }
        }
    }

    private static func make(for address: SocketAddress) throws(Errno) -> Descriptor {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let domain = address.domain
        return Descriptor(taking: Int32(try systemCall { Int(socket(domain, type, 0)) }))
    }
}
