// SPDX-License-Identifier: Apache-2.0

import Kernel
import SystemPackage
import Telemetry
import TestSupport

@testable import Port

/// A port with one poller, which is the test's own thread.
@safe final class PortStage {
    /// What became of one operation.
    struct Ending: Equatable {
        var subject: UInt64
        var outcome: OperationOutcome
    }

    let lanes = Lanes()
    let port: CompletionPort
    private let poller: Poller
    private var batch: [OperationReference] = []
    private var ready: [UInt32] = []
    private var events: [ReadinessEvent] = []
    private var endings: [Ending] = []
    private let bytes: UnsafeMutableRawPointer

    init(_ engine: PortEngine) {
        let lanes = lanes
        port = CompletionPort(
            engine: engine,
            concurrency: 1,
            pollerCapacity: 4,
            gate: HopGate { _ in },
            currentLane: { lanes.current }
        )
        poller = Poller(number: 1, lane: lanes.current)
        unsafe bytes = .allocate(byteCount: 1 << 16, alignment: 16)
        unsafe bytes.initializeMemory(as: UInt8.self, repeating: 0x2a, count: 1 << 16)
    }

    deinit {
        unsafe bytes.deallocate()
    }

    var lane: ThreadLane { lanes.current }

    /// Associates a number that only a simulated kernel knows.
    func associate(simulated fd: Int32) throws -> Association {
        try port.associate(Descriptor(taking: fd), connectingTo: .loopback(port: 1))
    }

    func make(
        _ kind: OperationKind,
        _ association: Association?,
        _ subject: UInt64,
        deadline: Instant? = nil,
        byteCount: Int = 0
    ) throws -> OperationReference {
        let operation = try port.makeOperation(
            kind,
            on: association,
            deadline: deadline,
            site: 0,
            subject: subject,
            role: .continuation,
            contexts: (0, 0),
            lane: lane
        )
        if byteCount > 0 { unsafe port.setBytes(bytes, count: byteCount, of: operation) }
        return operation
    }

    /// Makes and submits an operation, and returns its name.
    @discardableResult
    func submit(
        _ kind: OperationKind,
        _ association: Association? = nil,
        _ subject: UInt64,
        deadline: Instant? = nil,
        byteCount: Int = 0
    ) throws -> OperationToken {
        let operation = try make(
            kind,
            association,
            subject,
            deadline: deadline,
            byteCount: byteCount
        )
        let token = port.token(of: operation)
        if kind == .post {
            port.post(operation, lane: lane, now: .now)
        } else {
            port.submit(operation, to: association, lane: lane, now: .now)
        }
        return token
    }

    /// Dequeues until `count` operations have ended, and returns them in the order of their packets.
    func take(_ count: Int) -> [Ending] {
        while endings.count < count { pump() }
        defer { endings.removeFirst(count) }
        return Array(endings.prefix(count))
    }

    /// Packets that wait in the port.
    var queued: Int { port.seating.queued }

    /// Dequeues once; returns how many packets that brought.
    @discardableResult
    func pump() -> Int {
        guard port.dequeue(into: &batch, ready: &ready, events: &events, poller: poller) else {
            return 0
        }
        for operation in batch {
            if operation.kind == .read, operation.bufferNumber != 0 {
                port.buffers.put(operation.bufferNumber)
            }
            endings.append(Ending(subject: operation.subject, outcome: operation.outcome))
            port.finish(operation, on: lane)
        }
        return batch.count
    }

    /// What is not zero though nothing is in flight, and whether the books balance.
    var leftovers: [String] {
        let books = lanes.books()
        let sums = lanes.cut()
        let gauges: [Counter] = [.slots, .armed, .timers]
        var words = gauges.filter { sums[$0.rawValue] != 0 }.map { "\($0) \(sums[$0.rawValue])" }
        if !books.balances { words.append("\(books)") }
        let timers = port.timers.withLock { $0.queue.count }
        if timers != 0 { words.append("\(timers) in the heap") }
        return words
    }
}
