// SPDX-License-Identifier: Apache-2.0

import Kernel
import Synchronization
import SystemPackage

@testable import Port

/// A kernel of which the test says what each call returns and when descriptors become ready.
///
/// `EINTR` does not appear: the module `Kernel` repeats such calls below the engine.
final class SimulatedKernel: Engine {
    /// What one call returns.
    enum Answer: Sendable {
        case value(Int)
        case error(Errno)
    }

    private struct State {
        var keys: [Int32: UInt64] = [:]
        var refusal: Errno?
        var reads: [Int32: [Answer]] = [:]
        var writes: [Int32: [Answer]] = [:]
        var accepts: [Int32: [Answer]] = [:]
        var connects: [Int32: [Answer]] = [:]
        var events: [ReadinessEvent] = []
        var calls: [String] = []
        var closed: [Int32] = []
        var interrupts = 0
    }

    private let state = Lock(State())
    private let parker = Parker()
    /// What calls return that the script says nothing about, and what they were.
    let unscripted: @Sendable (Int32) -> Answer

    init(unscripted: @escaping @Sendable (Int32) -> Answer = { _ in .error(.wouldBlock) }) {
        self.unscripted = unscripted
    }

    // MARK: The script

    func onRead(_ fd: Int32, _ answers: Answer...) {
        state.withLock { $0.reads[fd, default: []] += answers }
    }

    func onWrite(_ fd: Int32, _ answers: Answer...) {
        state.withLock { $0.writes[fd, default: []] += answers }
    }

    func onAccept(_ fd: Int32, _ answers: Answer...) {
        state.withLock { $0.accepts[fd, default: []] += answers }
    }

    func onConnect(_ fd: Int32, _ answers: Answer...) {
        state.withLock { $0.connects[fd, default: []] += answers }
    }

    /// The next registration fails.
    func refuse(with error: Errno) {
        state.withLock { $0.refusal = error }
    }

    /// Reports an edge for a descriptor under the key that it has now.
    func edge(_ fd: Int32, read: Bool = false, write: Bool = false, isLast: Bool = false) {
        guard let key = key(of: fd) else { return }
        report(ReadinessEvent(key: key, read: read, write: write, isEnd: isLast))
    }

    /// Reports an event, merged with one of the same key that waits, as epoll does it.
    func report(_ event: ReadinessEvent) {
        state.withLock { state in
            guard let index = state.events.firstIndex(where: { $0.key == event.key }) else {
                state.events.append(event)
                return
            }
            let waiting = state.events[index]
            state.events[index].read = waiting.read || event.read
            state.events[index].write = waiting.write || event.write
            state.events[index].isEnd = waiting.isEnd || event.isEnd
        }
        parker.unpark()
    }

    func key(of fd: Int32) -> UInt64? { state.withLock { $0.keys[fd] } }

    /// Calls made so far, such as `read 7`.
    var calls: [String] { state.withLock { $0.calls } }
    var closed: [Int32] { state.withLock { $0.closed } }

    // MARK: Engine

    func add(_ descriptor: Int32, key: UInt64) throws(Errno) {
        let refusal = state.withLock { state in
            let refusal = state.refusal
            state.refusal = nil
            if refusal == nil { state.keys[descriptor] = key }
            return refusal
        }
        if let refusal { throw refusal }
    }

    func wait(timeout: Int64, limit: Int, into events: inout [ReadinessEvent]) {
        let limit: Duration = timeout < 0 ? .seconds(60) : .nanoseconds(timeout)
        let deadline = Instant.now.advanced(by: limit)
        while true {
            let (found, interrupts) = state.withLock { state -> ([ReadinessEvent], Int) in
                defer {
                    state.events = []
                    state.interrupts = 0
                }
                return (state.events, state.interrupts)
            }
            events += found
            if !found.isEmpty || interrupts > 0 { return }
            guard parker.park(timeout: deadline.duration(since: .now)) else {
                precondition(timeout >= 0, "Waited 60 s for an event that no script makes.")
                return
            }
        }
    }

    var isReady: Bool { state.withLock { !$0.events.isEmpty } }

    func interrupt() {
        state.withLock { $0.interrupts += 1 }
        parker.unpark()
    }

    func receive(_ fd: Int32, into: UnsafeMutableRawPointer, count: Int) throws(Errno) -> Int {
        try answer("read", fd, \.reads)
    }

    func send(_ fd: Int32, from: UnsafeRawPointer, count: Int) throws(Errno) -> Int {
        min(count, try answer("write", fd, \.writes))
    }

    func accept(_ fd: Int32) throws(Errno) -> Int32 {
        Int32(try answer("accept", fd, \.accepts))
    }

    func connect(_ fd: Int32, to address: SocketAddress) throws(Errno) -> Bool {
        try answer("connect", fd, \.connects) == 0
    }

    func close(_ fd: Int32) {
        state.withLock { state in
            state.closed.append(fd)
            state.keys[fd] = nil
        }
    }

    private func answer(
        _ name: String,
        _ fd: Int32,
        _ script: any WritableKeyPath<State, [Int32: [Answer]]> & Sendable
    ) throws(Errno) -> Int {
        let scripted = state.withLock { state -> Answer? in
            state.calls.append("\(name) \(fd)")
            guard let next = state[keyPath: script][fd]?.first else { return nil }
            state[keyPath: script][fd]?.removeFirst()
            return next
        }
        switch scripted ?? unscripted(fd) {
        case .value(let value): return value
        case .error(let error): throw error
        }
    }
}
