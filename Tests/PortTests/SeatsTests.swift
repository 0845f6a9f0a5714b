// SPDX-License-Identifier: Apache-2.0

import Port
import TestSupport
import Testing

@Suite struct SeatsTests {
    @Test func `packets leave in the order they came`() {
        var seats = Seats(concurrency: 1)
        seats.enter([1, 2] as [UInt32])
        seats.enter([3] as [UInt32])
        let step = seats.next(for: 1, limit: 64, now: 0)
        #expect(step == .take(3))
        let taken = (0..<4).map { _ in seats.takePacket() }
        #expect(taken == [1, 2, 3, nil])
        #expect(seats.packetCount == 3 && seats.packetPeak == 3)
        seats.resetPeak()
        #expect(seats.packetPeak == 0)
    }

    @Test func `the newest waiter is released first`() {
        var seats = waiting(4, concurrency: 4)
        #expect(seats.leaderNumber == 1 && seats.waiters == [2, 3, 4])
        seats.enter([1, 2] as [UInt32])
        let released = [seats.release(), seats.release(), seats.release(), seats.release()]
        #expect(released == [4, 3, 2, nil])
    }

    @Test func `no more run than the concurrency value says`() {
        var seats = waiting(3, concurrency: 1)
        seats.enter([1, 2] as [UInt32])
        #expect(seats.release() == 3)
        let step = seats.next(for: 3, limit: 1, now: 0)
        #expect(step == .take(1))
        _ = seats.takePacket()
        #expect(seats.release() == nil)
        let other = seats.next(for: 9, limit: 1, now: 0)
        #expect(other == .wait(isWatcher: false))
        seats.concurrency = 2
        #expect(seats.release() == 9)
    }

    @Test func `a leader keeps its seat while it is away`() {
        var seats = waiting(2, concurrency: 2)
        seats.enter([1] as [UInt32])
        let step = seats.next(for: 1, limit: 1, now: 0)
        #expect(step == .take(1))
        _ = seats.takePacket()
        #expect(seats.leaderNumber == 1 && !seats.isLeaderInKernel)
        seats.finished()
        let again = seats.next(for: 1, limit: 1, now: 0)
        #expect(again == .lead)
    }

    @Test func `a watcher takes the seat after the leader was away for long`() {
        var seats = waiting(2, concurrency: 2)
        seats.enter([1] as [UInt32])
        _ = seats.next(for: 1, limit: 1, now: 0)
        _ = seats.takePacket()
        let woken = seats.beforeInline(1, backlog: false, now: 100)
        #expect(woken == 2)
        var step = seats.next(for: 2, limit: 1, now: 200)
        #expect(step == .wait(isWatcher: true))
        let wasWaiting = seats.stopWaiting(2)
        #expect(wasWaiting)
        step = seats.next(for: 2, limit: 1, now: 99 + Seats.patience)
        #expect(step == .wait(isWatcher: true))
        _ = seats.stopWaiting(2)
        step = seats.next(for: 2, limit: 1, now: 100 + Seats.patience)
        #expect(step == .lead && seats.leaderNumber == 2)
        // The old leader is a follower when it comes back.
        seats.finished()
        step = seats.next(for: 1, limit: 1, now: 100 + 2 * Seats.patience)
        #expect(step == .wait(isWatcher: false))
    }

    @Test func `who comes to wait later watches a leader that runs user code`() {
        var seats = waiting(1, concurrency: 2)
        seats.enter([1] as [UInt32])
        _ = seats.next(for: 1, limit: 1, now: 0)
        _ = seats.takePacket()
        let woken = seats.beforeInline(1, backlog: false, now: 0)
        #expect(woken == nil)
        let step = seats.next(for: 2, limit: 1, now: 1)
        #expect(step == .wait(isWatcher: true))
    }

    @Test func `watching ends after the leader was seen at its place for a while`() {
        var seats = waiting(2, concurrency: 2)
        seats.enter([1] as [UInt32])
        _ = seats.next(for: 1, limit: 1, now: 0)
        _ = seats.takePacket()
        _ = seats.beforeInline(1, backlog: false, now: 0)
        _ = seats.next(for: 2, limit: 1, now: 0)
        seats.finished()
        _ = seats.next(for: 1, limit: 1, now: 0)
        var looks = 0
        var step = Seats.Step.wait(isWatcher: true)
        while step == .wait(isWatcher: true), looks < 1_000 {
            _ = seats.stopWaiting(2)
            step = seats.next(for: 2, limit: 1, now: 10)
            looks += 1
        }
        #expect(step == .wait(isWatcher: false))
        #expect(looks < 100)
    }

    @Test func `with a backlog the leader hands its seat over before user code`() {
        var seats = waiting(2, concurrency: 2)
        seats.enter([1] as [UInt32])
        _ = seats.next(for: 1, limit: 1, now: 0)
        _ = seats.takePacket()
        let woken = seats.beforeInline(1, backlog: true, now: 0)
        #expect(woken == 2 && seats.leaderNumber == nil)
        let step = seats.next(for: 2, limit: 1, now: 0)
        #expect(step == .lead)
        // It is no leader any more, so it hands nothing over.
        let again = seats.beforeInline(1, backlog: true, now: 0)
        #expect(again == nil)
    }

    @Test func `a poller that blocks lets another go`() {
        var seats = waiting(3, concurrency: 1)
        seats.enter([1, 2] as [UInt32])
        _ = seats.release()
        _ = seats.next(for: 3, limit: 1, now: 0)
        _ = seats.takePacket()
        let woken = seats.blocks(3)
        #expect(woken == 2 && seats.running == 0 && seats.blocked == 1)
        _ = seats.next(for: 2, limit: 1, now: 0)
        seats.unblocks()
        // Over the value for a moment: nobody is stopped for it.
        #expect(seats.running == 2 && seats.blocked == 0)
    }

    @Test func `the leader is needed if nobody else can take a packet`() {
        var seats = waiting(1, concurrency: 1)
        #expect(!seats.needsLeader)
        seats.enter([1] as [UInt32])
        #expect(seats.release() == nil && seats.needsLeader)
    }

    @Test func `a leaving poller gives its seat up and somebody fills it`() {
        var seats = waiting(3, concurrency: 2)
        let waits = seats.leave(1)
        #expect(!waits)
        let step = seats.next(for: 1, limit: 1, now: 0)
        #expect(step == .leave && seats.leaderNumber == nil)
        #expect(seats.fillSeat() == 3)
        let waited = seats.leave(2)
        #expect(waited && seats.waiters == [])
        let last = seats.next(for: 2, limit: 1, now: 0)
        #expect(last == .leave)
        // The number may be given again.
        let fresh = seats.next(for: 2, limit: 1, now: 0)
        #expect(fresh == .lead)
    }

    @Test(arguments: 0..<20)
    func `a random walk keeps one leader, the concurrency value and every packet`(walk: Int) {
        var random = SeededRandom(seed: UInt64(0x5ea7_0000 + walk))
        var seats = Seats(concurrency: 1 + random.below(3))
        let seed = random.seed
        enum Place { case outside, kernel, waiting, running }
        var places = Array(repeating: Place.outside, count: 5)
        var entered: UInt32 = 0
        var taken: UInt32 = 0
        var now: UInt64 = 0
        for _ in 0..<5_000 {
            now += UInt64(random.below(400_000))
            if random.below(3) == 0 {
                seats.enter([entered])
                entered += 1
            }
            while let poller = seats.release() {
                #expect(places[poller] == .waiting, "seed \(seed)")
                places[poller] = .outside
            }
            let poller = random.below(5)
            switch places[poller] {
            case .running where random.below(2) == 0:
                if let woken = seats.beforeInline(poller, backlog: false, now: now) {
                    #expect(places[woken] == .waiting, "seed \(seed)")
                    places[woken] = .outside
                }
                continue
            case .running: seats.finished()
            case .waiting:
                // As a watcher whose patience has ended; others would go on to wait.
                let wasWaiting = seats.stopWaiting(poller)
                #expect(wasWaiting, "seed \(seed)")
            case .outside, .kernel: break
            }
            switch seats.next(for: poller, limit: 1 + random.below(3), now: now) {
            case .take(let count):
                for _ in 0..<count {
                    let packet = seats.takePacket()
                    #expect(packet == taken, "seed \(seed)")
                    taken += 1
                }
                places[poller] = .running
            case .lead: places[poller] = .kernel
            case .wait: places[poller] = .waiting
            case .leave: Issue.record("nobody was told to leave")
            }
            #expect(places.count { $0 == .kernel } <= 1, "seed \(seed)")
            #expect(seats.running == places.count { $0 == .running }, "seed \(seed)")
            #expect(seats.running <= seats.concurrency, "seed \(seed)")
            #expect(seats.packets.count == Int(entered - taken), "seed \(seed)")
            // Who could take a packet is not left to wait for ever.
            let mayStall = places.allSatisfy { $0 == .waiting }
            #expect(!mayStall, "seed \(seed)")
        }
    }

    /// Seats with `count` pollers: the first leads, the others wait.
    private func waiting(_ count: Int, concurrency: Int) -> Seats {
        var seats = Seats(concurrency: concurrency)
        for poller in 1...count { _ = seats.next(for: poller, limit: 1, now: 0) }
        return seats
    }
}
