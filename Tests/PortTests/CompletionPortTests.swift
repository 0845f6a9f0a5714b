// SPDX-License-Identifier: Apache-2.0

import Kernel
import SystemPackage
import Telemetry
import TestSupport
import Testing

@testable import Port

@Suite struct CompletionPortTests {
    private typealias Ending = PortStage.Ending

    private let kernel = SimulatedKernel()
    private let stage: PortStage
    /// Far above any real descriptor.
    private let fd: Int32 = 2_000_001

    init() {
        stage = PortStage(.simulated(kernel))
    }

    @Test func `a call that succeeds at once completes on the submitter's thread`() throws {
        let socket = try stage.associate(simulated: fd)
        kernel.onRead(fd, .value(10))
        try stage.submit(.read, socket, 1)
        #expect(stage.queued == 1)
        #expect(stage.take(1) == [Ending(subject: 1, outcome: .value(10))])
        #expect(stage.leftovers == [])
    }

    @Test func `a call that would wait is made again at the edge`() throws {
        let socket = try stage.associate(simulated: fd)
        try stage.submit(.read, socket, 1)
        #expect(stage.queued == 0)
        kernel.onRead(fd, .value(7))
        kernel.edge(fd, read: true)
        #expect(stage.take(1) == [Ending(subject: 1, outcome: .value(7))])
        #expect(kernel.calls == ["read \(fd)", "read \(fd)"])
        #expect(stage.leftovers == [])
    }

    @Test func `an edge without effect leaves the operation waiting`() throws {
        let socket = try stage.associate(simulated: fd)
        try stage.submit(.read, socket, 1)
        kernel.edge(fd, read: true)
        try stage.submit(.post, nil, 2)
        #expect(stage.take(1) == [Ending(subject: 2, outcome: .value(0))])
        kernel.onRead(fd, .value(BufferPool.bufferBytes))
        kernel.edge(fd, read: true, write: true)
        #expect(stage.take(1) == [Ending(subject: 1, outcome: .value(BufferPool.bufferBytes))])
    }

    @Test func `after a short read no call is made before the next edge`() throws {
        let socket = try stage.associate(simulated: fd)
        kernel.onRead(fd, .value(3), .value(4))
        try stage.submit(.read, socket, 1)
        try stage.submit(.read, socket, 2)
        #expect(kernel.calls.count == 1)
        kernel.edge(fd, read: true)
        #expect(
            stage.take(2) == [
                Ending(subject: 1, outcome: .value(3)), Ending(subject: 2, outcome: .value(4)),
            ]
        )
    }

    @Test func `after the last edge a short read is followed by another call`() throws {
        let socket = try stage.associate(simulated: fd)
        kernel.edge(fd, read: true, isLast: true)
        // The edge is handled by the next wait in the kernel.
        try stage.submit(.sleep, nil, 9, deadline: .now)
        _ = stage.take(1)
        kernel.onRead(fd, .value(3), .value(0))
        try stage.submit(.read, socket, 1)
        try stage.submit(.read, socket, 2)
        #expect(
            stage.take(2) == [
                Ending(subject: 1, outcome: .value(3)), Ending(subject: 2, outcome: .value(0)),
            ]
        )
    }

    @Test func `a write goes out in pieces and completes once`() throws {
        let socket = try stage.associate(simulated: fd)
        kernel.onWrite(fd, .value(3), .value(2), .error(.wouldBlock), .value(1))
        try stage.submit(.write, socket, 1, byteCount: 10)
        #expect(stage.queued == 0)
        kernel.onWrite(fd, .error(.wouldBlock), .value(100))
        kernel.edge(fd, write: true)
        try stage.submit(.sleep, nil, 2, deadline: .now)
        #expect(stage.take(1).map(\.subject) == [2])
        kernel.edge(fd, write: true)
        #expect(stage.take(1) == [Ending(subject: 1, outcome: .value(10))])
        #expect(kernel.calls.count == 6)
        #expect(stage.leftovers == [])
    }

    @Test func `a reset by the peer fails what waits, in both directions`() throws {
        let socket = try stage.associate(simulated: fd)
        try stage.submit(.read, socket, 1)
        try stage.submit(.write, socket, 2, byteCount: 4)
        kernel.onRead(fd, .error(.connectionReset))
        kernel.onWrite(fd, .error(.brokenPipe))
        kernel.edge(fd, read: true, write: true, isLast: true)
        #expect(
            stage.take(2) == [
                Ending(subject: 1, outcome: .failed(.connectionReset)),
                Ending(subject: 2, outcome: .failed(.brokenPipe)),
            ]
        )
        #expect(stage.leftovers == [])
    }

    @Test func `an accept without a free descriptor fails, and the next one tries again`() throws {
        let listener = try stage.associate(simulated: fd)
        kernel.onAccept(fd, .error(.tooManyOpenFiles), .error(.connectionAbort), .value(77))
        try stage.submit(.accept, listener, 1)
        try stage.submit(.accept, listener, 2)
        #expect(
            stage.take(2) == [
                Ending(subject: 1, outcome: .failed(.tooManyOpenFiles)),
                Ending(subject: 2, outcome: .value(77)),
            ]
        )
    }

    @Test func `a connect is asked again at the edge`() throws {
        let socket = try stage.associate(simulated: fd)
        kernel.onConnect(fd, .value(1))
        try stage.submit(.connect, socket, 1)
        kernel.onConnect(fd, .value(0))
        kernel.edge(fd, write: true)
        #expect(stage.take(1) == [Ending(subject: 1, outcome: .value(0))])
        let refused = try stage.associate(simulated: fd + 1)
        kernel.onConnect(fd + 1, .error(.connectionRefused))
        try stage.submit(.connect, refused, 2)
        #expect(stage.take(1) == [Ending(subject: 2, outcome: .failed(.connectionRefused))])
    }

    @Test func `a stale event is dropped and counted`() throws {
        let socket = try stage.associate(simulated: fd)
        let key = try #require(kernel.key(of: fd))
        stage.port.close(socket, on: stage.lane)
        // The registration is used again; the old key must not reach the new descriptor.
        let next = try stage.associate(simulated: fd + 1)
        try stage.submit(.read, next, 1)
        kernel.onRead(fd + 1, .value(1))
        kernel.report(ReadinessEvent(key: key, read: true, write: true))
        kernel.report(ReadinessEvent(key: 0xdead_0000_0000, read: true, write: false))
        try stage.submit(.sleep, nil, 2, deadline: .now)
        #expect(stage.take(1).map(\.subject) == [2])
        #expect(stage.lanes.progress(.staleEvents) == 1)
        kernel.edge(fd + 1, read: true)
        #expect(stage.take(1) == [Ending(subject: 1, outcome: .value(1))])
    }

    @Test func `a cancelled operation ends once, whatever is said about it later`() throws {
        let socket = try stage.associate(simulated: fd)
        let token = try stage.submit(.read, socket, 1)
        stage.port.cancel(token, on: stage.lane)
        stage.port.cancel(token, reason: .timedOut, on: stage.lane)
        #expect(stage.take(1) == [Ending(subject: 1, outcome: .cancelled)])
        // The same slot serves the next one; the old name does not reach it.
        let next = try stage.submit(.read, socket, 2)
        #expect(next.slot == token.slot && next != token)
        stage.port.cancel(token, on: stage.lane)
        #expect(stage.queued == 0)
        stage.port.close(socket, on: stage.lane)
        #expect(stage.take(1) == [Ending(subject: 2, outcome: .closed)])
        #expect(stage.leftovers == [])
    }

    @Test(arguments: [OperationKind.read, .sleep])
    func `an operation ended before it is submitted ends at submission`(kind: OperationKind) throws
    {
        let socket = kind == .read ? try stage.associate(simulated: fd) : nil
        let operation = try stage.make(kind, socket, 1, deadline: .distantFuture)
        stage.port.cancel(stage.port.token(of: operation), on: stage.lane)
        #expect(stage.queued == 0)
        stage.port.submit(operation, to: socket, lane: stage.lane, now: .now)
        #expect(stage.take(1) == [Ending(subject: 1, outcome: .cancelled)])
        #expect(kernel.calls == [])
        #expect(stage.leftovers == [])
    }

    @Test func `a deadline that passes times the operation out`() throws {
        let socket = try stage.associate(simulated: fd)
        try stage.submit(.read, socket, 1, deadline: Instant.now.advanced(by: .milliseconds(1)))
        #expect(stage.take(1) == [Ending(subject: 1, outcome: .timedOut)])
        #expect(stage.leftovers == [])
    }

    @Test func `a call that succeeds takes its timer along`() throws {
        let socket = try stage.associate(simulated: fd)
        try stage.submit(.read, socket, 1, deadline: Instant.now.advanced(by: .seconds(100)))
        kernel.onRead(fd, .value(1))
        kernel.edge(fd, read: true)
        #expect(stage.take(1) == [Ending(subject: 1, outcome: .value(1))])
        #expect(stage.leftovers == [])
    }

    @Test func `sleeps end by deadline, cancelled ones at once`() throws {
        let start = Instant.now
        let times = [5, 1, 3].map { start.advanced(by: .milliseconds($0)) }
        for (index, time) in times.enumerated() {
            try stage.submit(.sleep, nil, UInt64(index), deadline: time)
        }
        let long = try stage.submit(.sleep, nil, 9, deadline: .distantFuture)
        stage.port.cancel(long, on: stage.lane)
        #expect(stage.take(1) == [Ending(subject: 9, outcome: .cancelled)])
        #expect(stage.take(3).map(\.subject) == [1, 2, 0])
        #expect(Instant.now >= times[0])
        #expect(stage.leftovers == [])
    }

    @Test func `packets leave in the order in which they came, across batches`() throws {
        let count = 3 * CompletionPort.usualBatch + 1
        for subject in 1...UInt64(count) { try stage.submit(.post, nil, subject) }
        #expect(stage.port.waitingPackets(limit: 2, now: .now).map(\.number) == [1, 2])
        #expect(stage.take(count).map(\.subject) == Array(1...UInt64(count)))
        #expect(stage.leftovers == [])
    }

    @Test(arguments: [(1, 1), (3, 3), (64, 64), (1024, 1024), (0, 1), (5000, 1024)])
    func `a batch is as large as is set, within limits`(asked: Int, size: Int) throws {
        stage.port.batchLimit = asked
        #expect(stage.port.batchLimit == size)
        let count = 2 * size + 1
        for subject in 1...UInt64(count) { try stage.submit(.post, nil, subject) }
        #expect([stage.pump(), stage.pump(), stage.pump()] == [size, size, 1])
        #expect(stage.take(count).map(\.subject) == Array(1...UInt64(count)))
        #expect(stage.leftovers == [])
    }

    @Test func `closing a descriptor ends what waits on it and closes it once`() throws {
        let socket = try stage.associate(simulated: fd)
        try stage.submit(.read, socket, 1)
        try stage.submit(.write, socket, 2, byteCount: 1)
        stage.port.close(socket, on: stage.lane)
        stage.port.close(socket, on: stage.lane)
        try stage.submit(.read, socket, 3)
        #expect(Set(stage.take(3).map(\.subject)) == [1, 2, 3])
        #expect(kernel.closed == [fd])
        #expect(throws: Errno.badFileDescriptor) {
            try stage.port.withDescriptor(socket) { _ in }
        }
        #expect(stage.leftovers == [])
    }

    @Test func `closing the port ends everything, and what comes later at once`() throws {
        let socket = try stage.associate(simulated: fd)
        try stage.submit(.read, socket, 1, deadline: .distantFuture)
        try stage.submit(.sleep, nil, 2, deadline: .distantFuture)
        stage.port.close(on: stage.lane)
        try stage.submit(.sleep, nil, 3, deadline: .distantFuture)
        try stage.submit(.read, socket, 4)
        try stage.submit(.post, nil, 5)
        let endings = stage.take(5)
        #expect(Set(endings.map(\.subject)) == [1, 2, 3, 4, 5])
        #expect(endings.allSatisfy { $0.outcome == .closed })
        #expect(kernel.closed == [fd])
        #expect(stage.leftovers == [])
    }

    @Test func `a descriptor that could not be registered is closed at once, and once`() throws {
        kernel.refuse(with: .noMemory)
        #expect(throws: Errno.noMemory) { _ = try stage.associate(simulated: fd) }
        #expect(kernel.closed == [fd])
        let first = try stage.associate(simulated: fd + 1)
        let second = try stage.associate(simulated: fd + 2)
        #expect(first.registration !== second.registration)
        // By now the number may be somebody else's.
        stage.port.close(on: stage.lane)
        #expect(kernel.closed.filter { $0 == fd }.count == 1)
    }

    @Test func `a closed port takes no descriptor and closes it`() throws {
        stage.port.close(on: stage.lane)
        #expect(throws: Errno.badFileDescriptor) { _ = try stage.associate(simulated: fd) }
        #expect(kernel.closed == [fd])
    }

    @Test func `a try goes before the queue only if nothing waits and something may come`() throws {
        let socket = try stage.associate(simulated: fd)
        let lane = stage.lane
        let got = stage.port.tryNow(socket, .read, lane: lane) { fd in (value: fd, drained: true) }
        #expect(got == fd)
        let drained = stage.port.tryNow(socket, .read, lane: lane) { (value: $0, drained: false) }
        #expect(drained == nil)
        let write = stage.port.tryNow(socket, .write, lane: lane) {
            _ -> (value: Int?, drained: Bool) in
            (nil, false)
        }
        #expect(write == nil)
        // The failed try has drained the direction: the operation waits for its edge.
        try stage.submit(.write, socket, 1, byteCount: 1)
        #expect(kernel.calls == [])
        kernel.onWrite(fd, .value(1))
        kernel.edge(fd, write: true)
        #expect(stage.take(1) == [Ending(subject: 1, outcome: .value(1))])
    }

    @Test func `the descriptor outlives a try during which it is closed`() throws {
        let socket = try stage.associate(simulated: fd)
        let lane = stage.lane
        _ = stage.port.tryNow(socket, .read, lane: lane) { number -> (value: Int?, drained: Bool) in
            stage.port.close(socket, on: lane)
            #expect(kernel.closed == [], "closed while \(number) is in use")
            return (nil, false)
        }
        #expect(kernel.closed == [fd])
    }

    @Test func `registrations are recycled`() throws {
        for round in 0..<100 {
            let socket = try stage.associate(simulated: fd + Int32(round))
            stage.port.close(socket, on: stage.lane)
        }
        #expect(stage.port.registrations.all.count == 1)
        #expect(kernel.closed.count == 100)
    }

    @Test func `a peak is told once, and what still waits is the next one's beginning`() throws {
        for subject: UInt64 in 1...3 { try stage.submit(.post, nil, subject) }
        #expect(stage.port.takePeak() == 3)
        #expect(stage.port.takePeak() == 3)
        _ = stage.take(3)
        #expect(stage.port.takePeak() == 3)
        #expect(stage.port.takePeak() == 0)
    }

    @Test func `a packet that was taken says what it was`() throws {
        let socket = try stage.associate(simulated: fd)
        kernel.onRead(fd, .error(.connectionReset))
        try stage.submit(.read, socket, 1)
        _ = stage.take(1)
        var words: [String] = []
        stage.lane.events.read(newest: 16) { event in
            guard let packet = PacketEvent.decode(event) else { return }
            words.append("\(packet.operation) \(packet.number) \(packet.result)")
        }
        #expect(words.count == 1)
        #expect(words.first?.hasPrefix("read 1 ") == true)
    }
}

@Suite struct EpollPortTests {
    @Test(arguments: [false, true])
    func `the end of a stream is read after its last bytes`(overLoopback: Bool) throws {
        let stage = PortStage(.epoll(try EpollEngine()))
        let pair = overLoopback ? try SocketPair(overLoopback: ()) : try SocketPair()
        let (a, b) = pair.release()
        #expect(Peer.send(b, count: 3) == 3)
        _ = Descriptor(taking: b)
        let socket = try stage.port.associate(Descriptor(taking: a))
        // The one edge, of bytes and end together, comes before anybody reads.
        try stage.submit(.sleep, nil, 9, deadline: Instant.now.advanced(by: .milliseconds(5)))
        _ = stage.take(1)
        let deadline = Instant.now.advanced(by: .seconds(240))
        try stage.submit(.read, socket, 1, deadline: deadline)
        #expect(stage.take(1) == [PortStage.Ending(subject: 1, outcome: .value(3))])
        try stage.submit(.read, socket, 2, deadline: deadline)
        #expect(stage.take(1) == [PortStage.Ending(subject: 2, outcome: .value(0))])
        stage.port.close(on: stage.lane)
        #expect(stage.leftovers == [])
    }

    @Test func `an accept and a connect meet`() throws {
        let stage = PortStage(.epoll(try EpollEngine()))
        let listening = try Socket.listen(on: .loopback(port: 0), backlog: 8)
        let address = try #require(Socket.localAddress(listening.number))
        let listener = try stage.port.associate(listening)
        let client = try stage.port.associate(Socket.make(for: address), connectingTo: address)
        try stage.submit(.accept, listener, 1)
        try stage.submit(.connect, client, 2)
        let endings = stage.take(2).sorted { $0.subject < $1.subject }
        #expect(endings[1] == PortStage.Ending(subject: 2, outcome: .value(0)))
        guard case .value(let number) = endings[0].outcome else {
            Issue.record("the accept ended with \(endings[0].outcome)")
            return
        }
        let server = try stage.port.associate(Descriptor(taking: Int32(number)))
        try stage.submit(.read, server, 3)
        try stage.submit(.write, client, 4, byteCount: 100)
        let moved = stage.take(2).map(\.outcome)
        #expect(moved == [.value(100), .value(100)])
        stage.port.close(on: stage.lane)
        #expect(stage.leftovers == [])
    }
}
