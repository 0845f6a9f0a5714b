// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// An IPv4 or IPv6 address with a port.
public struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
    enum Family: Sendable { case v4, v6 }

    let family: Family
    /// In network order; IPv4 uses the first four.
    let bytes: [UInt8]
    /// 0 lets the kernel choose.
    public let port: UInt16

    init(family: Family, bytes: [UInt8], port: UInt16) {
        self.family = family
        self.bytes = bytes
        self.port = port
    }

    /// `127.0.0.1` with a port.
    public static func loopback(port: UInt16) -> SocketAddress {
        SocketAddress(family: .v4, bytes: [127, 0, 0, 1], port: port)
    }

    /// An IPv4 address given by its four numbers.
    public init(v4 a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8, port: UInt16) {
        self.init(family: .v4, bytes: [a, b, c, d], port: port)
    }

    /// Reads `127.0.0.1:8080` or `[::1]:8080`; `nil` for anything else.
    public init?(_ text: String) {
        // `inet_pton` stops at a NUL, and `UInt16` accepts a sign.
        guard !text.utf8.contains(0), let colon = text.lastIndex(of: ":"),
            let port = UInt16(text[text.index(after: colon)...]),
            !text[colon...].hasPrefix(":+"), !text[colon...].hasPrefix(":-")
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            var address = in6_addr()
            let parsed = unsafe String(host).withCString {
                unsafe inet_pton(AF_INET6, $0, &address)
            }
            guard parsed == 1 else { return nil }
            let bytes = unsafe withUnsafeBytes(of: &address) { unsafe Array($0) }
            self.init(family: .v6, bytes: bytes, port: port)
        } else {
            var address = in_addr()
            let parsed = unsafe String(host).withCString { unsafe inet_pton(AF_INET, $0, &address) }
            guard parsed == 1 else { return nil }
            let bytes = unsafe withUnsafeBytes(of: &address) { unsafe Array($0) }
            self.init(family: .v4, bytes: bytes, port: port)
        }
    }

    /// The form that ``init(_:)`` reads.
    public var description: String {
        switch family {
        case .v4:
            return "\(bytes[0]).\(bytes[1]).\(bytes[2]).\(bytes[3]):\(port)"
        case .v6:
            var address = in6_addr()
            unsafe withUnsafeMutableBytes(of: &address) { unsafe $0.copyBytes(from: bytes) }
            var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
            unsafe inet_ntop(AF_INET6, &address, &text, socklen_t(text.count))
            let host = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            return "[\(String(decoding: host, as: UTF8.self))]:\(port)"
        }
    }

    var domain: Int32 { family == .v4 ? AF_INET : AF_INET6 }

    /// Calls `body` with the address as the socket calls want it.
    func withSockaddr<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var storage = sockaddr_storage()
        let length = unsafe withUnsafeMutableBytes(of: &storage) { raw -> Int in
            switch family {
            case .v4:
                var address = sockaddr_in()
                address.sin_family = sa_family_t(AF_INET)
                address.sin_port = port.bigEndian
                unsafe withUnsafeMutableBytes(of: &address.sin_addr) {
                    unsafe $0.copyBytes(from: bytes)
                }
                unsafe withUnsafeBytes(of: &address) { unsafe raw.copyMemory(from: $0) }
                return MemoryLayout<sockaddr_in>.size
            case .v6:
                var address = sockaddr_in6()
                address.sin6_family = sa_family_t(AF_INET6)
                address.sin6_port = port.bigEndian
                unsafe withUnsafeMutableBytes(of: &address.sin6_addr) {
                    unsafe $0.copyBytes(from: bytes)
                }
                unsafe withUnsafeBytes(of: &address) { unsafe raw.copyMemory(from: $0) }
                return MemoryLayout<sockaddr_in6>.size
            }
        }
        return unsafe withUnsafePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(length))
            }
        }
    }

    init?(storage: sockaddr_storage) {
        var storage = storage
        let family = Int32(storage.ss_family)
        let raw = unsafe withUnsafeBytes(of: &storage) { unsafe Array($0) }
        let port = UInt16(raw[2]) << 8 | UInt16(raw[3])
        switch family {
        case AF_INET: self.init(family: .v4, bytes: Array(raw[4..<8]), port: port)
        case AF_INET6: self.init(family: .v6, bytes: Array(raw[8..<24]), port: port)
        default: return nil
        }
    }
}
