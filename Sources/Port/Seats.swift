// SPDX-License-Identifier: Apache-2.0

package import DequeModule

/// Who takes packets, who waits in the kernel and who waits for them: a pure value, guarded by the
/// port's lock.
///
/// Packets leave in the order they came (FIFO); waiting pollers are released newest first (LIFO),
/// as Windows does it, so that the same warm thread works while one suffices. The concurrency value
/// bounds the pollers that *run*: those that took packets and have not come back, less those that
/// said that they block. At most one poller, the leader, waits in the kernel.
///
/// The leader keeps its seat while it is away with packets, since it will be back before another
/// thread could have been woken. If it stays away, a follower that watches takes the seat after
/// about a millisecond. Watching costs a wake-up every millisecond, so a follower watches only
/// while the leader has lately been away with user code.
package struct Seats: Hashable, Sendable {
    /// How long a leader may stay away with user code before a watching follower takes its seat.
    package static let patience: UInt64 = 1_000_000
    /// Looks in a row that find the leader seated, after which watching ends.
    private static let idleLooks = 32

    /// What a poller that came for packets does next.
    package enum Step: Equatable, Sendable {
        /// It got packets, and runs.
        case take(Int)
        /// It is the leader: wait in the kernel.
        case lead
        /// Wait for a release; as the watcher, only so long.
        case wait(isWatcher: Bool)
        /// It has been told to leave.
        case leave
    }

    private enum Leader: Hashable, Sendable {
        case none
        case inKernel(Int)
        /// Away with packets, or with user code that runs in place and may take long.
        case away(Int, since: UInt64, inPlace: Bool)
    }

    package private(set) var packets = Deque<UInt32>()
    package private(set) var packetPeak = 0
    /// Packets that ever entered.
    package private(set) var packetCount: UInt64 = 0
    package private(set) var running = 0
    package private(set) var blocked = 0
    package var concurrency: Int
    /// Pollers that wait, newest last.
    package private(set) var waiters: [Int] = []
    private var leader = Leader.none
    private var watcher: Int?
    private var looksInRow = 0
    private var leaving: Set<Int> = []
    package var isClosed = false

    package init(concurrency: Int) {
        self.concurrency = concurrency
    }

    /// The poller that has the leader's seat, whether in the kernel or away with packets.
    package var leaderNumber: Int? {
        switch leader {
        case .none: nil
        case .inKernel(let poller), .away(let poller, _, _): poller
        }
    }

    package var isLeaderInKernel: Bool {
        if case .inKernel = leader { true } else { false }
    }

    /// Whether a packet may be taken now.
    private var hasRoom: Bool { running < concurrency }

    /// A poller asks for packets.
    ///
    /// `limit` bounds what it may take.
    package mutating func next(for poller: Int, limit: Int, now: UInt64) -> Step {
        if leaving.contains(poller) {
            if leaderNumber == poller { leader = .none }
            if watcher == poller { watcher = nil }
            leaving.remove(poller)
            return .leave
        }
        if !packets.isEmpty, hasRoom {
            running += 1
            if watcher == poller { watcher = nil }
            // The leader is away with packets. An empty seat is taken along: whoever left it has
            // woken this poller to fill it, and would wake no other.
            if leaderNumber == nil || leaderNumber == poller {
                leader = .away(poller, since: now, inPlace: false)
            }
            return .take(min(limit, packets.count))
        }
        switch leader {
        case .none:
            leader = .inKernel(poller)
            return .lead
        case .away(poller, _, _), .inKernel(poller):
            leader = .inKernel(poller)
            return .lead
        case .away(_, let since, _)
        where watcher == poller && now >= since && now - since >= Seats.patience:
            leader = .inKernel(poller)
            watcher = nil
            return .lead
        default:
            break
        }
        // The leader may have gone when nobody waited who could have watched.
        if watcher == nil, case .away(_, _, inPlace: true) = leader {
            watcher = poller
            looksInRow = 0
        }
        if watcher == poller {
            if case .inKernel = leader { looksInRow += 1 } else { looksInRow = 0 }
            if looksInRow > Seats.idleLooks { watcher = nil }
        }
        waiters.append(poller)
        return .wait(isWatcher: watcher == poller)
    }

    /// Removes and returns the oldest packet; the caller got leave by `.take`.
    package mutating func takePacket() -> UInt32? {
        packets.popFirst()
    }

    /// A poller is done with what it took.
    package mutating func finished() {
        running -= 1
    }

    /// The watcher's wait timed out: it leaves the stack to look at the seat.
    ///
    /// Returns whether it was there; if not, it has been released and a token is on its way to it.
    package mutating func stopWaiting(_ poller: Int) -> Bool {
        guard let index = waiters.lastIndex(of: poller) else { return false }
        waiters.remove(at: index)
        return true
    }

    /// Packets enter, in the order given.
    package mutating func enter(_ slots: some Collection<UInt32>) {
        packets.append(contentsOf: slots)
        packetCount += UInt64(slots.count)
        packetPeak = max(packetPeak, packets.count)
    }

    package mutating func resetPeak() { packetPeak = packets.count }

    /// Which waiting poller to wake because packets wait and there is room: the newest.
    package mutating func release() -> Int? {
        guard !packets.isEmpty, hasRoom else { return nil }
        return popWaiter()
    }

    /// Whether the leader has to come out of the kernel, since packets wait, there is room, and
    /// `release` found nobody else.
    package var needsLeader: Bool { !packets.isEmpty && hasRoom && isLeaderInKernel }

    /// The leader is about to run user code in place: gives up the seat if there is a backlog, or a
    /// free running slot and somebody to take it.
    ///
    /// - Returns: whom to wake, if anybody: the new leader, or a watcher.
    package mutating func beforeInline(_ poller: Int, backlog: Bool, now: UInt64) -> Int? {
        guard leaderNumber == poller else { return replaceWatcher() }
        if (backlog || !packets.isEmpty), let next = popWaiter() {
            leader = .none
            return next
        }
        leader = .away(poller, since: now, inPlace: true)
        looksInRow = 0
        guard watcher == nil, let next = popWaiter() else { return nil }
        watcher = next
        return next
    }

    /// A running poller is about to block.
    ///
    /// Returns whom to wake in its place.
    package mutating func blocks(_ poller: Int) -> Int? {
        running -= 1
        blocked += 1
        if leaderNumber == poller {
            leader = .none
            return popWaiter()
        }
        return release() ?? replaceWatcher()
    }

    /// It runs again; the count may overshoot the concurrency value until somebody comes back.
    package mutating func unblocks() {
        blocked -= 1
        running += 1
    }

    /// Tells a poller to leave.
    ///
    /// Returns whether it waits on the stack and has to be woken; if it leads in the kernel, the
    /// engine has to be interrupted instead.
    package mutating func leave(_ poller: Int) -> Bool {
        leaving.insert(poller)
        guard let index = waiters.lastIndex(of: poller) else { return false }
        waiters.remove(at: index)
        return true
    }

    /// A poller that was told to leave has never begun.
    package mutating func forget(_ poller: Int) {
        leaving.remove(poller)
    }

    /// A poller left, and with it perhaps the leader's seat.
    ///
    /// Returns whom to wake to fill it.
    package mutating func fillSeat() -> Int? {
        if case .none = leader { return popWaiter() }
        return release() ?? replaceWatcher()
    }

    /// Somebody has to watch a leader that is away with user code; the one that did may have gone
    /// to run code itself.
    ///
    /// Returns whom to wake for it.
    private mutating func replaceWatcher() -> Int? {
        guard watcher == nil, case .away(_, _, inPlace: true) = leader, let next = popWaiter()
        else {
            return nil
        }
        watcher = next
        looksInRow = 0
        return next
    }

    private mutating func popWaiter() -> Int? {
        guard let poller = waiters.popLast() else { return nil }
        if watcher == poller { watcher = nil }
        return poller
    }
}
