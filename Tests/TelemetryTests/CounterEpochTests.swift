// SPDX-License-Identifier: Apache-2.0

import Kernel
import Synchronization
import Telemetry
import TestSupport
import Testing

@Suite struct CounterEpochTests {
    @Test func `every cut balances while operations change hands`() throws {
        let cuts = try run(pairs: 2, operations: 40_000)
        #expect(cuts.count > 10)
        let bad = cuts.first { !$0.balances }
        #expect(bad == nil)
        let end = try #require(cuts.last)
        #expect(end.submitted == 80_000)
        #expect(end.completed == 80_000)
        #expect(end.inFlight == 0)
    }

    @Test func `one completion that is dropped breaks the law for good`() throws {
        let cuts = try run(pairs: 1, operations: 2_000, dropping: 1_234)
        let end = try #require(cuts.last)
        #expect(!end.balances)
        #expect(end.submitted == end.completed + 1)
        let first = try #require(cuts.firstIndex { !$0.balances })
        #expect(cuts[first...].allSatisfy { !$0.balances })
    }

    @Test func `a lane that was made later joins the next cut`() {
        let lanes = Lanes()
        lanes.make().count(.submitted)
        #expect(lanes.cut()[Counter.submitted.rawValue] == 1)
        lanes.make().count(.submitted, 5)
        #expect(lanes.cut()[Counter.submitted.rawValue] == 6)
        #expect(lanes.cut()[Counter.submitted.rawValue] == 6)
    }

    @Test func `both banks add up`() {
        let lanes = Lanes()
        let lane = lanes.make()
        for round in 1...9 {
            lane.count(.packets, round)
            #expect(lanes.cut()[Counter.packets.rawValue] == round * (round + 1) / 2)
        }
    }

    /// Submitters and completers in pairs, and a reader that closes epochs until all is done.
    private func run(
        pairs: Int,
        operations: Int,
        dropping dropped: Int? = nil
    ) throws -> [RuntimeSnapshot.Operations] {
        let relay = Relay(pairs: pairs)
        try onThreads(2 * pairs + 1) { thread in
            if thread == 2 * pairs {
                while relay.ended.load(ordering: .acquiring) < pairs {
                    let books = relay.lanes.books()
                    relay.cuts.withLock { $0.append(books) }
                }
                let books = relay.lanes.books()
                relay.cuts.withLock { $0.append(books) }
            } else if thread % 2 == 0 {
                relay.submit(operations, through: thread / 2)
            } else {
                relay.complete(operations, from: thread / 2, dropping: dropped)
            }
        }
        return relay.cuts.withLock { $0 }
    }
}

/// Hands operations from submitters to completers by number.
private final class Relay: Sendable {
    let lanes = Lanes()
    let handed: [Baton]
    let ended = Atomic<Int>(0)
    let cuts = Lock<[RuntimeSnapshot.Operations]>([])

    init(pairs: Int) {
        handed = (0..<pairs).map { _ in Baton() }
    }

    func submit(_ count: Int, through pair: Int) {
        let lane = lanes.current
        for number in 1...count {
            let section = lane.open()
            lane.count(.submitted, in: section)
            lane.count(.slots, 1, in: section)
            lane.close(section)
            handed[pair].number.store(number, ordering: .releasing)
        }
    }

    func complete(_ count: Int, from pair: Int, dropping dropped: Int?) {
        let lane = lanes.current
        for number in 1...count {
            while handed[pair].number.load(ordering: .acquiring) < number {}
            let section = lane.open()
            if number != dropped { lane.count(.completed, in: section) }
            lane.count(.slots, -1, in: section)
            lane.close(section)
        }
        ended.wrappingAdd(1, ordering: .releasing)
    }
}

private final class Baton: Sendable {
    let number = Atomic<Int>(0)
}
