// SPDX-License-Identifier: Apache-2.0

import Kernel
import Synchronization
import Telemetry
import TestSupport
import Testing

@Suite struct CounterEpochTests {
    @Test func `every cut balances while operations change hands`() throws {
        let cuts = try run(pairs: 2, operations: 5_000, cuts: 2_000)
        #expect(cuts.count > 2_000)
        let bad = cuts.first { !$0.balances }
        #expect(bad == nil)
        let end = try #require(cuts.last)
        #expect(end.submitted >= 10_000)
        #expect(end.completed == end.submitted)
        #expect(end.inFlight == 0)
    }

    @Test func `one completion that is dropped breaks the law for good`() throws {
        let cuts = try run(pairs: 1, operations: 2_000, cuts: 10, dropping: 1_234)
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
        cuts: Int,
        dropping dropped: Int? = nil
    ) throws -> [RuntimeSnapshot.Operations] {
        let relay = Relay(pairs: pairs)
        try onThreads(2 * pairs + 1) { thread in
            if thread == 2 * pairs {
                while relay.ended.load(ordering: .acquiring) < pairs {
                    let books = relay.lanes.books()
                    let count = relay.cuts.withLock { cuts in
                        cuts.append(books)
                        return cuts.count
                    }
                    relay.cutCount.store(count, ordering: .relaxed)
                }
                let books = relay.lanes.books()
                relay.cuts.withLock { $0.append(books) }
            } else if thread % 2 == 0 {
                relay.submit(operations, untilCuts: cuts, through: thread / 2)
            } else {
                relay.complete(from: thread / 2, dropping: dropped)
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
    let cutCount = Atomic<Int>(0)
    let cuts = Lock<[RuntimeSnapshot.Operations]>([])

    init(pairs: Int) {
        handed = (0..<pairs).map { _ in Baton() }
    }

    /// Submits `count` operations at least, and more until the reader has made its cuts.
    func submit(_ count: Int, untilCuts cuts: Int, through pair: Int) {
        let lane = lanes.current
        var number = 0
        while number < count || cutCount.load(ordering: .relaxed) < cuts {
            number += 1
            let section = lane.open()
            lane.count(.submitted, in: section)
            lane.count(.slots, 1, in: section)
            lane.close(section)
            handed[pair].number.store(number, ordering: .releasing)
            if number % 64 == 0 { CurrentThread.yieldProcessor() }
        }
        handed[pair].isLast.store(true, ordering: .releasing)
    }

    func complete(from pair: Int, dropping dropped: Int?) {
        let lane = lanes.current
        var number = 0
        while true {
            let isLast = handed[pair].isLast.load(ordering: .acquiring)
            let last = handed[pair].number.load(ordering: .acquiring)
            if number == last, isLast { break }
            if number == last { CurrentThread.yieldProcessor() }
            while number < last {
                number += 1
                let section = lane.open()
                if number != dropped { lane.count(.completed, in: section) }
                lane.count(.slots, -1, in: section)
                lane.close(section)
            }
        }
        ended.wrappingAdd(1, ordering: .releasing)
    }
}

private final class Baton: Sendable {
    let number = Atomic<Int>(0)
    let isLast = Atomic<Bool>(false)
}
