// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Telemetry
import TestSupport
import Testing

@Suite struct ThreadLaneTests {
    @Test func `counters do not touch each other`() {
        let lanes = Lanes()
        let lane = lanes.make()
        let section = lane.open()
        for counter in Counter.allCases {
            lane.count(counter, counter.rawValue * 10 + 1, in: section)
        }
        lane.close(section)
        #expect(lanes.cut() == Counter.allCases.map { $0.rawValue * 10 + 1 })
    }

    @Test func `tallies are kept by row, and the last row takes the rest`() {
        let epoch = CounterEpoch()
        let lane = ThreadLane(kind: .other, number: 0, index: 0, epoch: epoch)
        let section = lane.open()
        lane.tally(.waiting, row: 0, 1, in: section)
        lane.tally(.waiting, row: 3, 5, in: section)
        lane.tally(.done, row: 3, 7, in: section)
        lane.tally(.waiting, row: Tally.rows - 1, 1, in: section)
        lane.tally(.waiting, row: 9_999, 2, in: section)
        lane.close(section)
        var sums = [Int](repeating: 0, count: Tally.rows)
        let closed = epoch.advance()
        lane.drainTally(.waiting, rows: Tally.rows, ofEpoch: closed, into: &sums)
        #expect(sums[0] == 1)
        #expect(sums[3] == 5)
        #expect(sums[Tally.rows - 1] == 3)
        #expect(sums.reduce(0, +) == 9)
        lane.drainTally(.waiting, rows: Tally.rows, ofEpoch: closed, into: &sums)
        #expect(sums.reduce(0, +) == 9)
    }

    @Test func `progress only grows and needs no epoch`() {
        let lane = Lanes().make()
        lane.advance(.executed)
        lane.advance(.executed, by: 4)
        #expect(lane.progress(.executed) == 5)
        #expect(lane.progress(.stolen) == 0)
    }

    @Test func `busy time counts what has not ended yet`() {
        let lane = Lanes().make()
        lane.endBusy(at: 50)
        #expect(lane.busyNanoseconds(at: 60) == 0)
        lane.beginBusy(at: 100)
        #expect(lane.busyNanoseconds(at: 130) == 30)
        #expect(lane.busyNanoseconds(at: 90) == 0)
        lane.endBusy(at: 150)
        lane.beginBusy(at: 200)
        #expect(lane.busyNanoseconds(at: 205) == 55)
    }

    @Test func `a state and its time come in one piece`() {
        let lane = Lanes().make()
        lane.setState(3, at: 0xffff_0000_0000_1234)
        #expect(lane.state.value == 3)
        #expect(lane.state.since == 0x00ff_0000_0000_1234 & 0x00ff_ffff_ffff_ffff)
    }

    @Test func `an open section holds the sampler up`() {
        let lane = Lanes().make()
        var pauses = 0
        var section: ThreadLane.Section? = lane.open()
        lane.awaitQuiescence {
            pauses += 1
            if pauses == 3, let open = section.take() { lane.close(open) }
        }
        #expect(pauses == 3)
    }

    @Test func `a closed gate holds each hop, an open one none`() {
        let held = HeldHops()
        let gate = HopGate(holding: held.note)
        let lane = Lanes().make()
        Hop.pass(.taken, subject: 1, argument: 0, at: 5, on: lane, through: gate)
        gate.closed.store(true, ordering: .relaxed)
        Hop.pass(.placed, subject: 2, argument: -3, at: 6, on: lane, through: gate)
        gate.closed.store(false, ordering: .relaxed)
        Hop.pass(.began, subject: 3, argument: 0, at: 7, on: lane, through: gate)
        #expect(held.all == ["placed 2"])
        var events: [Event] = []
        lane.events.read(newest: 16) { events.append($0) }
        #expect(events.map(\.kind) == [Hop.taken, .placed, .began].map(\.rawValue))
        #expect(events.map(\.argument) == [0, -3, 0])
        #expect(events.map(\.nanoseconds) == [5, 6, 7])
    }
}
