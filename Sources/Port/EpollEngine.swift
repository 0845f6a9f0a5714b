// SPDX-License-Identifier: Apache-2.0

package import Kernel
internal import Synchronization
package import SystemPackage

/// Readiness from epoll, edge-triggered, with an eventfd that ends a wait.
// INVARIANT: `events` is used by the one thread that waits (the port's leader); the port's seat,
// handed over under its lock, orders one leader's use before the next one's.
package final class EpollEngine: Engine, @unchecked Sendable {
    private static let eventCapacity = CompletionPort.batchLimits.upperBound
    private static let interruptKey = UInt64.max

    private let epoll: Epoll
    private let wakeUp: EventDescriptor
    private let events: Epoll.EventBuffer
    private let isInterrupted = Atomic<Bool>(false)

    package init() throws(Errno) {
        epoll = try Epoll()
        wakeUp = try EventDescriptor()
        events = Epoll.EventBuffer(capacity: EpollEngine.eventCapacity)
        try epoll.addReadable(wakeUp.number, data: EpollEngine.interruptKey)
    }

    package func add(_ descriptor: Int32, key: UInt64) throws(Errno) {
        try epoll.add(descriptor, data: key)
    }

    package func wait(timeout: Int64, limit: Int, into events: inout [ReadinessEvent]) {
        let count = epoll.wait(into: self.events, limit: limit, timeout: timeout)
        for index in 0..<count {
            let event = self.events[index]
            if event.data == EpollEngine.interruptKey {
                wakeUp.drain()
                // After the drain: an interrupt from here on writes again. Sequentially consistent;
                // pairs with the exchange in `interrupt`.
                isInterrupted.store(false, ordering: .sequentiallyConsistent)
                continue
            }
            events.append(
                ReadinessEvent(
                    key: event.data,
                    read: event.readiness.readSide,
                    write: event.readiness.writeSide,
                    isEnd: event.readiness.isEnd
                )
            )
        }
    }

    package var isReady: Bool { epoll.isReady }

    package func interrupt() {
        // One write at a time is on its way; the leader looks at the port's state after it.
        if !isInterrupted.exchange(true, ordering: .sequentiallyConsistent) { wakeUp.signal() }
    }

    package func receive(
        _ fd: Int32,
        into: UnsafeMutableRawPointer,
        count: Int
    ) throws(Errno) -> Int {
        try unsafe Socket.receive(fd, into: into, count: count)
    }

    package func send(_ fd: Int32, from: UnsafeRawPointer, count: Int) throws(Errno) -> Int {
        try unsafe Socket.send(fd, from: from, count: count)
    }

    package func accept(_ fd: Int32) throws(Errno) -> Int32 {
        try Socket.accept(fd).release()
    }

    package func connect(_ fd: Int32, to address: SocketAddress) throws(Errno) -> Bool {
        try Socket.connect(fd, to: address)
    }

    package func close(_ fd: Int32) {
        _ = Descriptor(taking: fd)
    }
}
