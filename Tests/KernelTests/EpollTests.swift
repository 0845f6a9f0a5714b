// SPDX-License-Identifier: Apache-2.0

import Kernel
import TestSupport
import Testing

@Suite struct EpollTests {
    @Test func `an edge is reported once`() throws {
        let epoll = try Readiness()
        let pair = try SocketPair()
        try epoll.epoll.add(pair.a.number, data: 7)
        #expect(epoll.wait(0) == 1)
        #expect(epoll.first.data == 7)
        #expect(epoll.first.readiness == .writable)
        #expect(epoll.wait(0) == 0)

        #expect(Peer.send(pair.b.number, count: 3) == 3)
        #expect(epoll.wait(-1) == 1)
        #expect(epoll.first.readiness.readSide)
        #expect(!epoll.first.readiness.contains(.peerClosed))
        #expect(epoll.wait(0) == 0)
    }

    @Test func `bytes that come after a short read make a new edge`() throws {
        let epoll = try Readiness()
        let pair = try SocketPair()
        try epoll.epoll.add(pair.a.number, data: 1)
        #expect(Peer.send(pair.b.number, count: 3) == 3)
        #expect(epoll.wait(-1) == 1)
        #expect(Peer.receive(pair.a.number, count: 8) == 3)
        #expect(Peer.send(pair.b.number, count: 1) == 1)
        #expect(epoll.wait(-1) == 1)
    }

    @Test func `bytes and the end of the stream may share one edge`() throws {
        let epoll = try Readiness()
        let (a, b) = try SocketPair().release()
        defer { _ = Descriptor(taking: a) }
        #expect(Peer.send(b, count: 3) == 3)
        _ = Descriptor(taking: b)
        try epoll.epoll.add(a, data: 1)
        #expect(epoll.wait(-1) == 1)
        #expect(epoll.first.readiness.contains([.readable, .peerClosed]))
        // A short read, and yet there is more to know and no edge to say so.
        #expect(Peer.receive(a, count: 8) == 3)
        #expect(epoll.wait(0) == 0)
        #expect(Peer.receive(a, count: 8) == 0)
    }

    @Test func `more events than the buffer holds come with the next wait`() throws {
        let epoll = try Readiness(capacity: 1)
        let first = try SocketPair()
        let second = try SocketPair()
        try epoll.epoll.add(first.a.number, data: 1)
        try epoll.epoll.add(second.a.number, data: 2)
        #expect(epoll.wait(0) == 1)
        let one = epoll.first.data
        #expect(epoll.wait(0) == 1)
        #expect(Set([one, epoll.first.data]) == [1, 2])
        #expect(epoll.wait(0) == 0)
    }

    @Test func `a removed descriptor reports nothing`() throws {
        let epoll = try Readiness()
        let pair = try SocketPair()
        try epoll.epoll.add(pair.a.number, data: 1)
        epoll.epoll.remove(pair.a.number)
        epoll.epoll.remove(pair.a.number)
        #expect(epoll.wait(0) == 0)
        try epoll.epoll.add(pair.a.number, data: 2)
        #expect(epoll.wait(0) == 1)
        #expect(throws: (any Error).self) { try epoll.epoll.add(pair.a.number, data: 3) }
    }

    @Test func `a wait ends at its timeout, in nanoseconds, never early`() throws {
        let epoll = try Readiness()
        for nanoseconds in [1, 70_000, 1_500_000] as [Int64] {
            let start = Instant.now
            #expect(epoll.wait(nanoseconds) == 0)
            #expect(Instant.now.duration(since: start) >= .nanoseconds(nanoseconds))
        }
    }
}

@Suite struct EventDescriptorTests {
    @Test func `signals merge until they are drained`() throws {
        let epoll = try Readiness()
        let event = try EventDescriptor()
        try epoll.epoll.addReadable(event.number, data: 9)
        #expect(epoll.wait(0) == 0)
        event.signal()
        event.signal()
        #expect(epoll.wait(0) == 1)
        #expect(epoll.first.data == 9)
        #expect(epoll.wait(0) == 0)
        event.drain()
        event.signal()
        #expect(epoll.wait(0) == 1)
    }

    @Test func `draining without a signal does not block`() throws {
        let event = try EventDescriptor()
        event.drain()
        event.drain()
    }

    @Test func `a signal from another thread ends a wait`() throws {
        let waker = try Waker()
        try onThreads(2) { thread in
            if thread == 0 {
                let events = Epoll.EventBuffer(capacity: 1)
                for _ in 0..<1_000 {
                    _ = waker.epoll.wait(into: events, timeout: -1)
                    waker.event.drain()
                    waker.back.unpark()
                }
            } else {
                for _ in 0..<1_000 {
                    waker.event.signal()
                    waker.back.park()
                }
            }
        }
    }
}

private final class Waker: Sendable {
    let epoll: Epoll
    let event: EventDescriptor
    let back = Parker()

    init() throws {
        epoll = try Epoll()
        event = try EventDescriptor()
        try epoll.addReadable(event.number, data: 1)
    }
}

/// An epoll instance and room for its events; a class, since `#expect` copies what it calls.
private final class Readiness {
    let epoll: Epoll
    private let events: Epoll.EventBuffer

    init(capacity: Int = 4) throws {
        epoll = try Epoll()
        events = Epoll.EventBuffer(capacity: capacity)
    }

    func wait(_ timeout: Int64) -> Int {
        epoll.wait(into: events, timeout: timeout)
    }

    var first: (data: UInt64, readiness: Epoll.Readiness) { events[0] }
}
