// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc
package import SystemPackage

/// An epoll instance.
///
/// Corresponds to `epoll(7)`.
package struct Epoll: ~Copyable, Sendable {
    /// What a readiness event reports.
    package struct Readiness: OptionSet, Sendable {
        package let rawValue: UInt32

        package init(rawValue: UInt32) {
            self.rawValue = rawValue
        }

        package static let readable = Readiness(rawValue: clinux_epollin)
        package static let writable = Readiness(rawValue: clinux_epollout)
        package static let failed = Readiness(rawValue: clinux_epollerr)
        package static let hungUp = Readiness(rawValue: clinux_epollhup)
        package static let peerClosed = Readiness(rawValue: clinux_epollrdhup)

        /// A read, an accept or a failure to report through them may go on.
        package var readSide: Bool {
            !isDisjoint(with: [.readable, .peerClosed, .hungUp, .failed])
        }

        /// Nothing more will come from the peer after what is there.
        ///
        /// `EPOLLHUP` by itself does not say so: a socket that was never connected reports it too.
        package var isEnd: Bool { !isDisjoint(with: [.peerClosed, .failed]) }

        /// A write, a connect or a failure to report through them may go on.
        package var writeSide: Bool {
            !isDisjoint(with: [.writable, .hungUp, .failed])
        }
    }

    private let descriptor: Descriptor

    /// Corresponds to `epoll_create1(EPOLL_CLOEXEC)`.
    package init() throws(Errno) {
        descriptor = Descriptor(
            taking: Int32(try systemCall { Int(epoll_create1(Int32(EPOLL_CLOEXEC))) })
        )
    }

    package var number: Int32 { descriptor.number }

    /// Registers once for both directions, edge-triggered (`EPOLL_CTL_ADD`).
    package func add(_ fd: Int32, data: UInt64) throws(Errno) {
        let flags = clinux_epollin | clinux_epollout | clinux_epollrdhup | clinux_epollet
        _ = try systemResult { clinux_epoll_ctl(descriptor.number, EPOLL_CTL_ADD, fd, flags, data) }
    }

    /// Registers for reading only, edge-triggered.
    package func addReadable(_ fd: Int32, data: UInt64) throws(Errno) {
        let flags = clinux_epollin | clinux_epollet
        _ = try systemResult { clinux_epoll_ctl(descriptor.number, EPOLL_CTL_ADD, fd, flags, data) }
    }

    /// Forgets a descriptor; closing its last copy does the same.
    ///
    /// Corresponds to `epoll_ctl(2)` with `EPOLL_CTL_DEL`.
    package func remove(_ fd: Int32) {
        _ = clinux_epoll_ctl(descriptor.number, EPOLL_CTL_DEL, fd, 0, 0)
    }

    /// Waits for events, at most `timeout` nanoseconds; negative waits for ever.
    ///
    /// Brings at most `limit` of them, and no more than the buffer has room for.
    ///
    /// Returns 0 after a signal, so that the caller looks at its own state again.
    package func wait(
        into events: borrowing EventBuffer,
        limit: Int = .max,
        timeout: Int64
    ) -> Int {
        let count = unsafe clinux_epoll_wait(
            descriptor.number,
            events.base,
            Int32(max(1, min(limit, events.capacity))),
            timeout
        )
        return max(0, Int(count))
    }

    /// Whether a wait would return at once; takes no event.
    ///
    /// Corresponds to `poll(2)` of the epoll descriptor.
    package var isReady: Bool {
        var entry = pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&entry, 1, 0) > 0
    }

    /// Room for the events of one wait; owned by the thread that waits.
    @safe package struct EventBuffer: ~Copyable {
        fileprivate let base: UnsafeMutablePointer<epoll_event>
        package let capacity: Int

        package init(capacity: Int) {
            self.capacity = capacity
            unsafe base = .allocate(capacity: capacity)
        }

        deinit {
            unsafe base.deallocate()
        }

        /// The event at `index`, which must be below the count that `wait` returned.
        package subscript(index: Int) -> (data: UInt64, readiness: Readiness) {
            unsafe (
                clinux_event_data(base + index),
                Readiness(rawValue: clinux_event_flags(base + index))
            )
        }
    }
}
