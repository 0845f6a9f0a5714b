// SPDX-License-Identifier: Apache-2.0

import Port
import TestSupport
import Testing

/// The pollers' loop around the real `Seats`, as a pure value.
///
/// One step is one critical section, one unpark, one wait. Packets come from threads that enter
/// them and out of the kernel. User code may run in place, and may then need all other packets.
private struct SeatsMachine: StepMachine {
    enum Mistake { case none, keepsLateToken, leavesLeaderAsleep }
    enum UserCode { case none, inPlace, inPlaceWithBacklog, blocking }
    enum Polling: Hashable {
        case next(comesBack: Bool, ready: [UInt32], isLate: Bool)
        case wake(Int, then: Following)
        case interrupt(then: Following)
        case follow(Following)
        case lateToken
        case ended
    }
    enum Following: Hashable {
        case run(UInt32), lead, park(isWatcher: Bool), leave, inPlace(UInt32), blocked(UInt32)
    }
    enum Entering: Hashable { case enter, wake(Int), interrupt, done }

    var seats: Seats
    let pollers: Int
    let mistake: Mistake
    let userCode: UserCode
    /// What each poller does next; poller 1 comes first.
    var polling: [Polling]
    var tokens: [Bool]
    var isInterrupted = false
    /// Packets of events that will come, and of those that have come.
    var onWire: [UInt32]
    var inKernel: [UInt32] = []
    var entering: [Entering]
    var delivered: [Int]
    /// The poller that somebody will tell to leave.
    var dismissal: Int?
    var dismissing = Entering.done
    var leavers = 0

    init(
        pollers: Int,
        concurrency: Int,
        entered: Int,
        fromKernel: Int = 0,
        userCode: UserCode = .none,
        dismissing dismissal: Int? = nil,
        mistake: Mistake = .none
    ) {
        seats = Seats(concurrency: concurrency)
        self.pollers = pollers
        self.mistake = mistake
        self.userCode = userCode
        polling = Array(
            repeating: .next(comesBack: false, ready: [], isLate: false),
            count: pollers
        )
        tokens = Array(repeating: false, count: pollers)
        onWire = (0..<fromKernel).map { UInt32(entered + $0) }
        entering = Array(repeating: .enter, count: entered)
        delivered = Array(repeating: 0, count: entered + fromKernel)
        self.dismissal = dismissal
        if dismissal != nil { dismissing = .enter }
    }

    var threadCount: Int { pollers + entering.count + 2 }

    func successors(of thread: Int) -> [SeatsMachine] {
        if thread < pollers { return pollerSteps(thread) }
        var next = self
        if thread == pollers + entering.count { return next.dismiss() ? [next] : [] }
        if thread < threadCount - 1 { return next.enter(thread - pollers) ? [next] : [] }
        guard !onWire.isEmpty else { return [] }
        next.inKernel.append(next.onWire.removeFirst())
        return [next]
    }

    private mutating func enter(_ index: Int) -> Bool {
        switch entering[index] {
        case .enter:
            seats.enter(CollectionOfOne(UInt32(index)))
            let poller = seats.release()
            entering[index] = poller.map { .wake($0) } ?? (seats.needsLeader ? .interrupt : .done)
        case .wake(let poller):
            tokens[poller] = true
            entering[index] = .done
        case .interrupt:
            isInterrupted = true
            entering[index] = .done
        case .done:
            return false
        }
        return true
    }

    private mutating func dismiss() -> Bool {
        guard let poller = dismissal else { return false }
        switch dismissing {
        case .enter: dismissing = seats.leave(poller) ? .wake(poller) : .interrupt
        case .wake(let poller):
            tokens[poller] = true
            dismissing = .done
        case .interrupt:
            isInterrupted = true
            dismissing = .done
        case .done: return false
        }
        return true
    }

    private func pollerSteps(_ poller: Int) -> [SeatsMachine] {
        var next = self
        switch polling[poller] {
        case .next(let comesBack, let ready, let isLate):
            next.askForStep(poller, comesBack: comesBack, ready: ready, isLate: isLate)
        case .wake(let other, let then):
            next.tokens[other] = true
            next.polling[poller] = .follow(then)
        case .interrupt(let then):
            next.isInterrupted = true
            next.polling[poller] = .follow(then)
        case .lateToken:
            guard tokens[poller] else { return [] }
            next.tokens[poller] = false
            next.comeAgain(poller)
        case .ended:
            return []
        case .follow(let following):
            return follow(poller, following)
        }
        return [next]
    }

    private mutating func comeAgain(
        _ poller: Int,
        comesBack: Bool = false,
        ready: [UInt32] = [],
        isLate: Bool = false
    ) {
        polling[poller] = .next(comesBack: comesBack, ready: ready, isLate: isLate)
    }

    private mutating func askForStep(
        _ poller: Int,
        comesBack: Bool,
        ready: [UInt32],
        isLate: Bool
    ) {
        if comesBack { seats.finished() }
        seats.enter(ready)
        // Time stands still, except for one whose wait has timed out.
        let now = isLate && seats.leaderNumber != poller ? Seats.patience : 0
        var wake: Int?
        let following: Following
        var looksForLeader = mistake != .leavesLeaderAsleep
        switch seats.next(for: poller, limit: 1, now: now) {
        case .take:
            guard let packet = seats.takePacket() else { return }
            following = .run(packet)
            wake = seats.release()
        case .leave:
            following = .leave
            wake = seats.fillSeat()
        case .lead:
            following = .lead
            looksForLeader = false
        case .wait(let isWatcher):
            following = .park(isWatcher: isWatcher)
            looksForLeader = false
        }
        act(poller, wake, looksForLeader: looksForLeader, then: following)
    }

    private mutating func act(
        _ poller: Int,
        _ wake: Int?,
        looksForLeader: Bool,
        then following: Following
    ) {
        if let wake {
            polling[poller] = .wake(wake, then: following)
        } else if looksForLeader, seats.needsLeader {
            polling[poller] = .interrupt(then: following)
        } else {
            polling[poller] = .follow(following)
        }
    }

    private func follow(_ poller: Int, _ following: Following) -> [SeatsMachine] {
        var next = self
        switch following {
        case .lead:
            guard isInterrupted || !inKernel.isEmpty else { return [] }
            next.isInterrupted = false
            next.inKernel = []
            next.comeAgain(poller, ready: inKernel)
        case .park(let isWatcher):
            return park(poller, isWatcher: isWatcher)
        case .leave:
            next.leavers += 1
            next.polling[poller] = .ended
        case .run(let packet):
            next.run(poller, packet)
        case .inPlace(let packet):
            guard hasAllBut(packet) else { return [] }
            next.delivered[Int(packet)] += 1
            next.comeAgain(poller, comesBack: true)
        case .blocked(let packet):
            guard hasAllBut(packet) else { return [] }
            next.seats.unblocks()
            next.polling[poller] = .follow(.inPlace(packet))
        }
        return [next]
    }

    private func park(_ poller: Int, isWatcher: Bool) -> [SeatsMachine] {
        var next = self
        if tokens[poller] {
            next.tokens[poller] = false
            next.comeAgain(poller)
            return [next]
        }
        guard isWatcher else { return [] }
        let wasWaiting = next.seats.stopWaiting(poller)
        if wasWaiting || mistake == .keepsLateToken {
            next.comeAgain(poller, isLate: true)
        } else {
            next.polling[poller] = .lateToken
        }
        return [next]
    }

    private func hasAllBut(_ packet: UInt32) -> Bool {
        delivered.indices.allSatisfy { $0 == Int(packet) || delivered[$0] == 1 }
    }

    private mutating func run(_ poller: Int, _ packet: UInt32) {
        guard userCode != .none, packet == 0 else {
            delivered[Int(packet)] += 1
            comeAgain(poller, comesBack: true)
            return
        }
        switch userCode {
        case .blocking:
            let wake = seats.blocks(poller)
            let looks = mistake != .leavesLeaderAsleep
            act(poller, wake, looksForLeader: looks, then: .blocked(packet))
        default:
            let hasBacklog = userCode == .inPlaceWithBacklog
            let wake = seats.beforeInline(poller, backlog: hasBacklog, now: 0)
            act(poller, wake, looksForLeader: false, then: .inPlace(packet))
        }
    }

    private var leaders: Int {
        polling.count { if case .follow(.lead) = $0 { true } else { false } }
    }

    var violation: String? {
        if leaders > 1 { return "Two pollers wait in the kernel" }
        if delivered.contains(where: { $0 > 1 }) { return "A packet was delivered twice" }
        if Set(seats.waiters).count < seats.waiters.count { return "One waits twice" }
        // One that blocked may come back beside the one that ran in its place.
        let most = seats.concurrency + (userCode == .blocking ? 1 : 0)
        return seats.running > most ? "\(seats.running) run" : nil
    }

    var violationAtEnd: String? {
        guard delivered.allSatisfy({ $0 == 1 }) else {
            return "Packets wait for ever, delivered were \(delivered)"
        }
        if leavers == (dismissal == nil ? 0 : 1), leavers == pollers || leaders == 1 { return nil }
        return "Nobody waits in the kernel"
    }
}

@Suite struct SeatsInterleavingTests {
    @Test(arguments: [(1, 1, 3, 1), (2, 1, 2, 1), (2, 2, 2, 1), (3, 1, 1, 1), (3, 2, 2, 0)])
    func `every packet is delivered, and somebody waits in the kernel`(
        pollers: Int,
        concurrency: Int,
        entered: Int,
        fromKernel: Int
    ) {
        let all = Interleavings(
            of: SeatsMachine(
                pollers: pollers,
                concurrency: concurrency,
                entered: entered,
                fromKernel: fromKernel
            )
        )
        #expect(all.failure == nil, "\(all)")
        #expect(all.endCount > 0)
    }

    @Test(arguments: [(2, 1, 2), (2, 2, 2), (3, 1, 1), (3, 2, 1)])
    func `also while a poller leaves`(pollers: Int, concurrency: Int, entered: Int) {
        for leaver in 0..<2 {
            let all = Interleavings(
                of: SeatsMachine(
                    pollers: pollers,
                    concurrency: concurrency,
                    entered: entered,
                    dismissing: leaver
                )
            )
            #expect(all.failure == nil, "\(all)")
        }
    }

    @Test(arguments: [(2, 2, 2), (3, 2, 1), (3, 3, 1)], [false, true])
    func `also while user code runs in place and needs the other packets`(
        counts: (Int, Int, Int),
        hasBacklog: Bool
    ) {
        let all = Interleavings(
            of: SeatsMachine(
                pollers: counts.0,
                concurrency: counts.1,
                entered: counts.2,
                fromKernel: 1,
                userCode: hasBacklog ? .inPlaceWithBacklog : .inPlace
            )
        )
        #expect(all.failure == nil, "\(all)")
    }

    @Test(arguments: [(2, 1, 2), (3, 1, 1), (3, 2, 1)])
    func `also while user code blocks and says so`(pollers: Int, concurrency: Int, entered: Int) {
        let all = Interleavings(
            of: SeatsMachine(
                pollers: pollers,
                concurrency: concurrency,
                entered: entered,
                fromKernel: 1,
                userCode: .blocking
            )
        )
        #expect(all.failure == nil, "\(all)")
    }

    @Test func `a poller that blocks must fetch the leader if nobody else waits`() {
        let all = Interleavings(
            of: SeatsMachine(
                pollers: 2,
                concurrency: 1,
                entered: 2,
                userCode: .blocking,
                mistake: .leavesLeaderAsleep
            )
        )
        #expect(all.failure != nil, "\(all)")
    }

    @Test func `a poller that leaves must fetch the leader if nobody else waits`() {
        let all = Interleavings(
            of: SeatsMachine(
                pollers: 2,
                concurrency: 1,
                entered: 2,
                dismissing: 0,
                mistake: .leavesLeaderAsleep
            )
        )
        #expect(all.failure != nil, "\(all)")
    }

    @Test func `a watcher that leaves the token of a late release wakes without reason`() {
        let all = Interleavings(
            of: SeatsMachine(
                pollers: 3,
                concurrency: 2,
                entered: 3,
                userCode: .inPlace,
                mistake: .keepsLateToken
            )
        )
        #expect(all.failure != nil, "\(all)")
    }
}
