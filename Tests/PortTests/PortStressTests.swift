// SPDX-License-Identifier: Apache-2.0

import Foundation
import Kernel
import Synchronization
import SystemPackage
import Telemetry
import TestSupport
import Testing

@testable import Port

/// Operations of all kinds on poller threads, each ended by whoever comes first.
///
/// `POOLTOP_STRESS` sets how many; ten million take some minutes.
@Suite(.serialized) struct PortStressTests {
    private static let operations =
        ProcessInfo.processInfo.environment["POOLTOP_STRESS"].flatMap { Int($0) } ?? 200_000

    /// Long runs by hand, on a machine that has other work, are slow and no hang.
    private static let patience = Duration.seconds(120 + operations / 10_000)

    enum Race: UInt64, CaseIterable {
        /// Cancel, timeout and close against completion, all of them and plain packets.
        case cancel, timeout, close, any
    }

    @Test(arguments: Race.allCases)
    func `each operation has exactly one outcome`(race: Race) throws {
        let seed = 0x57_2e55 + race.rawValue
        let works = try Works(pollers: 3, concurrency: 2, submitters: 3)
        let share = PortStressTests.operations / Race.allCases.count / 3
        try onThreads(4, patience: PortStressTests.patience) { thread in
            if thread == 3 {
                // A hand on the settings, as long as the others work.
                var random = SeededRandom(seed: seed)
                while !works.haveSubmittersEnded {
                    works.changeSettings(&random)
                    CurrentThread.yieldProcessor()
                }
            } else {
                var random = SeededRandom(seed: seed &* 31 &+ UInt64(thread))
                works.submit(share, race, thread: thread, &random)
            }
        }
        let report = try works.finish()
        #expect(report.problems == [], "seed \(seed)")
        #expect(report.books.submitted == 3 * share, "seed \(seed)")
        #expect(report.books.balances && report.books.inFlight == 0, "seed \(seed)")
        #expect(works.outcomes == 3 * share, "seed \(seed)")
    }
}

extension PortStressTests {
    @Test func `pollers share what a simulated kernel reports`() throws {
        let script = Script()
        let kernel = SimulatedKernel { _ in script.next() }
        let works = try Works(
            engine: .simulated(kernel),
            pollers: 3,
            concurrency: 2,
            submitters: 2
        )
        let first: Int32 = 3_000_001
        let sockets = try (0..<4).map { index in
            try works.port.associate(Descriptor(taking: first + Int32(index)))
        }
        try onThreads(3) { thread in
            if thread == 2 {
                // Edges without end, so that nothing waits for ever.
                var index: Int32 = 0
                while !works.haveSubmittersEnded {
                    kernel.edge(first + index, read: true, write: true)
                    index = (index + 1) % 4
                    CurrentThread.yieldProcessor()
                }
            } else {
                works.submit(rounds: 200, to: sockets, thread: thread)
            }
        }
        let report = try works.finish()
        #expect(report.problems == [])
        #expect(report.books.submitted == 2 * 200 * Works.batch)
        #expect(report.books.failed > 0 && report.books.completed > report.books.failed)
        #expect(kernel.closed.sorted() == (0..<4).map { first + $0 })
    }
}

/// Answers of a simulated kernel from a seed: half of the calls would wait, few fail.
private final class Script: Sendable {
    private let random = Lock(SeededRandom(seed: 0x5c_217))

    func next() -> SimulatedKernel.Answer {
        random.withLock { random in
            switch random.below(20) {
            case 0: .error(.connectionReset)
            case 1..<10: .error(.wouldBlock)
            default: .value(1 + random.below(BufferPool.bufferBytes))
            }
        }
    }
}

extension Works {
    /// Reads and writes on simulated sockets, and waits for each round's outcomes.
    func submit(rounds: Int, to sockets: [Association], thread: Int) {
        defer { noteEnd() }
        let lane = lanes.current
        let payload = [UInt8](repeating: 0x2a, count: 64)
        unsafe payload.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            for _ in 0..<rounds {
                desk(thread).expect(Works.batch)
                for seat in 0..<Works.batch {
                    let socket = sockets[seat % sockets.count]
                    let kind: OperationKind = seat % 3 == 0 ? .write : .read
                    guard
                        let operation = try? port.makeOperation(
                            kind,
                            on: socket,
                            deadline: nil,
                            site: seat,
                            subject: UInt64(thread) << 32 | UInt64(seat),
                            role: .continuation,
                            contexts: (0, 0),
                            lane: lane
                        )
                    else { return }
                    if kind == .write {
                        unsafe port.setBytes(base, count: bytes.count, of: operation)
                    }
                    port.submit(operation, to: socket, lane: lane, now: .now)
                }
                note(desk(thread).await(Works.batch))
            }
        }
    }
}

/// The port, its pollers, and what became of the operations.
private final class Works: Sendable {
    static let batch = 48

    let lanes = Lanes()
    let port: CompletionPort
    private let total = Total()
    private let pollers: PollerThreads
    private let desks: [Desk]
    private let ended = Atomic<Int>(0)
    private let problems = Lock<[String]>([])
    private let sockets = Lock<Set<UInt64>>([])

    init(
        engine: PortEngine? = nil,
        pollers count: Int,
        concurrency: Int,
        submitters: Int
    ) throws {
        let lanes = lanes
        port = CompletionPort(
            engine: try engine ?? .epoll(try EpollEngine()),
            concurrency: concurrency,
            pollerCapacity: 16,
            gate: HopGate { _ in },
            currentLane: { lanes.current }
        )
        desks = (0..<submitters).map { _ in Desk(seats: Works.batch) }
        pollers = PollerThreads(
            port: port,
            minimum: count,
            maximum: 8,
            delegate: Deliveries(port: port, lanes: lanes, desks: desks, total: total)
        )
        try pollers.start()
    }

    /// Operations that have ended.
    var outcomes: Int { total.outcomes.load(ordering: .relaxed) }

    var haveSubmittersEnded: Bool { ended.load(ordering: .acquiring) == desks.count }

    func changeSettings(_ random: inout SeededRandom) {
        port.setConcurrency(1 + random.below(4))
        if random.below(200) == 0 {
            try? pollers.resize(minimum: 1 + random.below(5), maximum: 8)
        }
        note(lanes.books().balances ? [] : ["the books do not balance in between"])
    }

    func noteEnd() {
        ended.wrappingAdd(1, ordering: .releasing)
    }

    func note(_ words: [String]) {
        problems.withLock { $0 += words }
    }

    /// Submits `count` operations in batches and waits for each batch's outcomes.
    func submit(
        _ count: Int,
        _ race: PortStressTests.Race,
        thread: Int,
        _ random: inout SeededRandom
    ) {
        defer { noteEnd() }
        let lane = lanes.current
        let payload = [UInt8](repeating: 0x2a, count: 64)
        unsafe payload.withUnsafeBytes { bytes in
            var left = count
            var stale: [OperationToken] = []
            while left > 0 {
                let size = min(Works.batch, left)
                left -= size
                do {
                    var round = try Round(works: self, thread: thread, lane: lane, race: race)
                    round.stale = stale
                    desks[thread].expect(size)
                    if let base = bytes.baseAddress {
                        for seat in 0..<size {
                            unsafe round.start(seat, base, bytes.count, &random)
                        }
                    }
                    round.end(&random)
                    // Names of operations that are over, or soon will be, for the next round.
                    stale = round.tokens
                } catch {
                    note(["a round could not begin: \(error)"])
                    return
                }
                note(desks[thread].await(size))
            }
        }
    }

    func remember(_ fd: Int32) {
        let identity = SocketIdentity.of(fd)
        sockets.withLock { _ = $0.insert(identity) }
    }

    struct Report {
        var problems: [String]
        var books: RuntimeSnapshot.Operations
    }

    /// Stops everything and looks at what is left.
    func finish() throws -> Report {
        port.close(on: lanes.current)
        pollers.stop()
        let late = pollers.join(until: Instant.now.advanced(by: .seconds(240)))
        var words = problems.withLock { $0 }
        words += late.map { "\($0) did not end" }
        let books = lanes.books()
        let sums = lanes.cut()
        for gauge in [Counter.armed, .timers, .slots] where sums[gauge.rawValue] != 0 {
            words.append("\(gauge) is \(sums[gauge.rawValue])")
        }
        let timers = port.timers.withLock { $0.queue.count }
        if timers != 0 { words.append("\(timers) timers are left") }
        if port.seating.queued != 0 { words.append("\(port.seating.queued) packets are left") }
        let open = SocketIdentity.open(among: sockets.withLock { $0 })
        if !open.isEmpty { words.append("\(open.count) sockets are open") }
        return Report(problems: words, books: books)
    }
}

/// One batch of operations on one pair of sockets.
private struct Round {
    let works: Works
    let thread: Int
    let lane: ThreadLane
    let race: PortStressTests.Race
    let mine: Association
    let peer: Association
    var tokens: [OperationToken] = []
    /// Names of operations of the round before, whose slots may serve others by now.
    var stale: [OperationToken] = []

    init(works: Works, thread: Int, lane: ThreadLane, race: PortStressTests.Race) throws {
        self.works = works
        self.thread = thread
        self.lane = lane
        self.race = race
        let (a, b) = try SocketPair().release()
        works.remember(a)
        works.remember(b)
        mine = try works.port.associate(Descriptor(taking: a))
        peer = try works.port.associate(Descriptor(taking: b))
    }

    mutating func start(
        _ seat: Int,
        _ bytes: UnsafeRawPointer,
        _ count: Int,
        _ random: inout SeededRandom
    ) {
        let kinds: [OperationKind] = [.read, .read, .write, .sleep, .post]
        let kind = kinds[random.below(kinds.count)]
        let association: Association? =
            kind.direction == nil ? nil : (random.below(2) == 0 ? mine : peer)
        let hasTimeout =
            kind == .sleep || race == .timeout || (race == .any && random.below(3) == 0)
        let delay = Duration.nanoseconds(random.below(kind == .write ? 2_000_000 : 200_000))
        do throws(SlotPool.Exhausted) {
            let operation = try works.port.makeOperation(
                kind,
                on: association,
                deadline: hasTimeout ? Instant.now.advanced(by: delay) : nil,
                site: seat,
                subject: UInt64(thread) << 32 | UInt64(seat),
                role: .continuation,
                contexts: (0, 0),
                lane: lane
            )
            if kind == .write { unsafe works.port.setBytes(bytes, count: count, of: operation) }
            let token = works.port.token(of: operation)
            if kind == .post {
                works.port.post(operation, lane: lane, now: .now)
            } else {
                works.port.submit(operation, to: association, lane: lane, now: .now)
            }
            tokens.append(token)
        } catch {
            return
        }
        let mayCancel = race == .cancel || race == .any
        if mayCancel, random.below(2) == 0 { cancel(&random) }
        if race == .close || race == .any, random.below(64) == 0 {
            works.port.close(random.below(2) == 0 ? mine : peer, on: lane)
        }
    }

    private func cancel(_ random: inout SeededRandom) {
        if let old = stale.randomElement(using: &random) {
            works.port.cancel(old, on: lane)
        }
        let seat = random.below(tokens.count)
        works.desk(thread).allowCancel(seat)
        works.port.cancel(tokens[seat], on: lane)
    }

    /// Lets everything that still waits come to an end.
    func end(_ random: inout SeededRandom) {
        if race == .timeout {
            // Every read times out or is served; so does every write.
            works.desk(thread).awaitMost()
        } else if race == .cancel {
            for (seat, token) in tokens.enumerated() {
                works.desk(thread).allowCancel(seat)
                works.port.cancel(token, on: lane)
            }
        }
        works.port.close(mine, on: lane)
        works.port.close(peer, on: lane)
    }
}

extension Works {
    func desk(_ thread: Int) -> Desk { desks[thread] }
}

/// Where one submitter waits for the outcomes of its batch.
private final class Desk: Sendable {
    private final class Seat: Sendable {
        let outcomes = Atomic<Int>(0)
        /// Whether somebody has cancelled it, or will.
        let mayBeCancelled = Atomic<Bool>(false)
    }

    private let wrongCancels = Atomic<Int>(0)
    private let seats: [Seat]
    private let pending = Atomic<Int>(0)
    private let parker = Parker()

    init(seats count: Int) {
        seats = (0..<count).map { _ in Seat() }
    }

    func expect(_ count: Int) {
        for seat in seats { seat.mayBeCancelled.store(false, ordering: .relaxed) }
        pending.store(count, ordering: .relaxed)
    }

    func allowCancel(_ seat: Int) {
        seats[seat].mayBeCancelled.store(true, ordering: .relaxed)
    }

    func note(_ seat: Int, _ outcome: OperationOutcome) {
        if outcome == .cancelled, !seats[seat].mayBeCancelled.load(ordering: .relaxed) {
            wrongCancels.wrappingAdd(1, ordering: .relaxed)
        }
        seats[seat].outcomes.wrappingAdd(1, ordering: .relaxed)
        if pending.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue == 0 {
            parker.unpark()
        }
    }

    /// Waits for all outcomes; returns what is wrong with them.
    func await(_ count: Int) -> [String] {
        let deadline = Instant.now.advanced(by: .seconds(240))
        while pending.load(ordering: .acquiring) > 0 {
            if !parker.park(timeout: deadline.duration(since: .now)) {
                return ["waited 60 s in vain for \(pending.load(ordering: .relaxed)) outcomes"]
            }
        }
        if wrongCancels.exchange(0, ordering: .relaxed) > 0 {
            return ["an operation was cancelled by the name of another"]
        }
        return seats.prefix(count).compactMap { seat in
            let outcomes = seat.outcomes.exchange(0, ordering: .relaxed)
            return outcomes == 1 ? nil : "an operation had \(outcomes) outcomes"
        }
    }

    /// Waits a little, so that most operations end by their timeout.
    func awaitMost() {
        let deadline = Instant.now.advanced(by: .milliseconds(3))
        while pending.load(ordering: .acquiring) > 0, Instant.now < deadline {
            CurrentThread.yieldProcessor()
        }
    }
}

private final class Total: Sendable {
    let outcomes = Atomic<Int>(0)
}

/// Counts outcomes on the pollers.
private final class Deliveries: PollerDelegate {
    private let port: CompletionPort
    private let lanes: Lanes
    private let desks: [Desk]
    private let total: Total

    init(port: CompletionPort, lanes: Lanes, desks: [Desk], total: Total) {
        self.port = port
        self.lanes = lanes
        self.desks = desks
        self.total = total
    }

    func makeLane(kind: ThreadLane.Kind, number: Int) -> ThreadLane {
        lanes.make(kind: kind, number: number)
    }

    func pollerDismissed(_ poller: Poller, _ reason: String) {}
    func pollerStarted(_ poller: Poller) {
        lanes.adopt(poller.lane)
    }

    func pollerFailedToStart(_ poller: Poller, _ reason: String) {
        Issue.record("poller-\(poller.number) could not be created: \(reason)")
    }

    func taken(_ batch: [OperationReference], on poller: Poller) {}

    func deliver(_ operation: OperationReference, on poller: Poller) {
        if operation.kind == .read, operation.bufferNumber != 0 {
            port.buffers.put(operation.bufferNumber)
        }
        let (subject, outcome) = (operation.subject, operation.outcome)
        port.finish(operation, on: poller.lane)
        total.outcomes.wrappingAdd(1, ordering: .relaxed)
        desks[Int(subject >> 32)].note(Int(subject & 0xffff_ffff), outcome)
    }

    func delivered(on poller: Poller) {}

    func pollerEnded(_ poller: Poller) {}
}
