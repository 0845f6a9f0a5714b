// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc
package import SystemPackage

/// A wake-up that epoll can see.
///
/// Corresponds to `eventfd(2)`.
package struct EventDescriptor: ~Copyable, Sendable {
    private let descriptor: Descriptor

    package init() throws(Errno) {
        let flags = Int32(EFD_CLOEXEC | EFD_NONBLOCK)
        descriptor = Descriptor(taking: Int32(try systemCall { Int(eventfd(0, flags)) }))
    }

    package var number: Int32 { descriptor.number }

    package func signal() {
        var one: UInt64 = 1
        _ = unsafe Glibc.write(descriptor.number, &one, 8)
    }

    /// Takes all signals; without them it does nothing.
    package func drain() {
        var value: UInt64 = 0
        _ = unsafe Glibc.read(descriptor.number, &value, 8)
    }
}
