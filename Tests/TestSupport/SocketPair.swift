// SPDX-License-Identifier: Apache-2.0

internal import Glibc
package import Kernel
package import SystemPackage

/// Two connected, non-blocking stream sockets of this process.
package struct SocketPair: ~Copyable {
    package let a: Descriptor
    package let b: Descriptor

    /// Corresponds to `socketpair(2)`; without network, so as many as there are descriptors.
    package init() throws(Errno) {
        var numbers: (Int32, Int32) = (-1, -1)
        let type = SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
        let result = unsafe withUnsafeMutableBytes(of: &numbers) { raw in
            let numbers = unsafe raw.assumingMemoryBound(to: Int32.self)
            return unsafe socketpair(AF_UNIX, Int32(type), 0, numbers.baseAddress)
        }
        guard result == 0 else { throw Errno(rawValue: errno) }
        a = Descriptor(taking: numbers.0)
        b = Descriptor(taking: numbers.1)
    }

    /// Two ends of a TCP connection over the loopback interface.
    package init(overLoopback: Void) throws(Errno) {
        let listener = try Socket.listen(on: .loopback(port: 0), backlog: 1)
        guard let address = Socket.localAddress(listener.number) else { throw .badAddress }
        let client = try Socket.make(for: address)
        _ = try Socket.connect(client.number, to: address)
        b = try SocketPair.acceptWhenReady(listener.number)
        a = client
    }

    private static func acceptWhenReady(_ listener: Int32) throws(Errno) -> Descriptor {
        while true {
            do throws(Errno) {
                return try Socket.accept(listener)
            } catch {
                guard error == .wouldBlock else { throw error }
                CurrentThread.yieldProcessor()
            }
        }
    }

    /// Gives both numbers away without closing them.
    package consuming func release() -> (a: Int32, b: Int32) {
        (a.release(), b.release())
    }
}

/// Recognises open sockets, however their numbers are used again by others.
package enum SocketIdentity {
    /// A number that no other open socket has; 0 where `fd` is none.
    package static func of(_ fd: Int32) -> UInt64 {
        var status = stat()
        guard unsafe fstat(fd, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return 0 }
        return UInt64(status.st_ino)
    }

    /// Which of `identities` this process has open.
    package static func open(among identities: Set<UInt64>) -> Set<UInt64> {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard unsafe getrlimit(resource, &limit) == 0 else { return [] }
        let last = Int32(clamping: min(limit.rlim_cur, 1 << 17))
        return Set((0..<last).map(of)).intersection(identities)
    }
}

/// Calls on descriptors that tests make from the other end.
package enum Peer {
    /// Sends `count` bytes; returns how many went.
    package static func send(_ fd: Int32, count: Int) -> Int {
        let bytes = [UInt8](repeating: 0x2a, count: count)
        return unsafe bytes.withUnsafeBytes { raw in
            unsafe Glibc.send(fd, raw.baseAddress, count, Int32(MSG_NOSIGNAL))
        }
    }

    /// Receives at most `count` bytes: their number, 0 at the end of the stream, negative otherwise.
    package static func receive(_ fd: Int32, count: Int) -> Int {
        var bytes = [UInt8](repeating: 0, count: count)
        return unsafe bytes.withUnsafeMutableBytes { raw in
            unsafe recv(fd, raw.baseAddress, count, 0)
        }
    }
}
