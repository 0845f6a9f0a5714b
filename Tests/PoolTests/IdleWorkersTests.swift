// SPDX-License-Identifier: Apache-2.0

import Kernel
import Synchronization
import TestSupport
import Testing

@testable import Pool

/// `IdleWorkers` as a pure value: a releaser, and workers that wait a few times with a timeout.
private struct IdleMachine: StepMachine {
    enum Mistake { case none, forgetsReleaseAtTimeout, forgetsToLeaveStack }
    enum Waiting: Hashable { case push, park, timedOut, parkForGood, done }

    var mistake: Mistake
    var stack: [Int] = []
    var pendingReleases = 0
    var tokens: [Bool]
    /// A worker that was popped and has yet to be given its token.
    var popped: Int?
    var releasesLeft: Int
    let releases: Int
    var waiting: [Waiting]
    var waitsLeft: [Int]
    var released = 0

    init(workers: Int, waits: Int, releases: Int, mistake: Mistake = .none) {
        self.mistake = mistake
        tokens = Array(repeating: false, count: workers)
        waiting = Array(repeating: .push, count: workers)
        waitsLeft = Array(repeating: waits, count: workers)
        releasesLeft = releases
        self.releases = releases
    }

    var threadCount: Int { waiting.count + 1 }

    func successors(of thread: Int) -> [IdleMachine] {
        if thread == waiting.count { return releaserStep() }
        var next = self
        switch waiting[thread] {
        case .push:
            if pendingReleases > 0 {
                next.pendingReleases -= 1
                next.end(thread, isReleased: true)
            } else {
                next.stack.append(thread)
                next.waiting[thread] = .park
            }
        case .park:
            if tokens[thread] {
                next.tokens[thread] = false
                next.end(thread, isReleased: true)
            } else {
                next.waiting[thread] = .timedOut
            }
        case .timedOut:
            if let index = stack.lastIndex(of: thread) {
                if mistake != .forgetsToLeaveStack { next.stack.remove(at: index) }
                next.end(thread, isReleased: false)
            } else if mistake == .forgetsReleaseAtTimeout {
                next.end(thread, isReleased: false)
            } else {
                next.waiting[thread] = .parkForGood
            }
        case .parkForGood:
            guard tokens[thread] else { return [] }
            next.tokens[thread] = false
            next.end(thread, isReleased: true)
        case .done:
            return []
        }
        return [next]
    }

    private mutating func end(_ worker: Int, isReleased: Bool) {
        if isReleased { released += 1 }
        waitsLeft[worker] -= 1
        waiting[worker] = waitsLeft[worker] == 0 ? .done : .push
    }

    private func releaserStep() -> [IdleMachine] {
        var next = self
        if let worker = popped {
            next.tokens[worker] = true
            next.popped = nil
            return [next]
        }
        guard releasesLeft > 0 else { return [] }
        next.releasesLeft -= 1
        if let worker = next.stack.popLast() {
            next.popped = worker
        } else {
            next.pendingReleases += 1
        }
        return [next]
    }

    var violation: String? {
        if Set(stack).count < stack.count { return "A worker is on the stack twice: \(stack)" }
        let isStranded = pendingReleases > 0 && !stack.isEmpty
        return isStranded ? "A release waits beside a worker that sleeps" : nil
    }

    var violationAtEnd: String? {
        if !waiting.allSatisfy({ $0 == .done }) { return "A popped worker gets no token" }
        if tokens.contains(true) { return "A token is left over" }
        return released + pendingReleases == releases ? nil : "A release was lost"
    }
}

@Suite struct IdleWorkersTests {
    @Test(arguments: [(1, 3, 2), (2, 2, 2), (2, 2, 4), (3, 1, 3), (3, 2, 2)])
    func `no schedule loses a release`(workers: Int, waits: Int, releases: Int) {
        let all = Interleavings(
            of: IdleMachine(workers: workers, waits: waits, releases: releases)
        )
        #expect(all.failure == nil, "\(all)")
    }

    @Test func `not waiting for the token after a late pop loses the release`() {
        let all = Interleavings(
            of: IdleMachine(
                workers: 2,
                waits: 2,
                releases: 2,
                mistake: .forgetsReleaseAtTimeout
            )
        )
        #expect(all.failure != nil, "\(all)")
    }

    @Test func `staying on the stack after a timeout is found`() {
        let all = Interleavings(
            of: IdleMachine(workers: 1, waits: 2, releases: 2, mistake: .forgetsToLeaveStack)
        )
        #expect(all.failure != nil, "\(all)")
    }

    @Test func `a release before the wait is not lost`() {
        let idle = IdleWorkers()
        let worker = makeWorker(1)
        idle.release()
        #expect(idle.wait(worker, timeout: .seconds(60)))
        #expect(!idle.wait(worker, timeout: .zero))
        #expect(idle.count == 0)
    }

    @Test func `the newest waiter is released first`() throws {
        let row = Row()
        try onThreads(4) { thread in
            if thread < 3 {
                // One after the other, so that the order on the stack is known.
                while row.idle.count != thread { CurrentThread.yieldProcessor() }
                _ = row.idle.wait(makeWorker(thread + 1), timeout: .seconds(60))
                row.order.withLock { $0.append(thread) }
            } else {
                while row.idle.count != 3 { CurrentThread.yieldProcessor() }
                for released in 1...3 {
                    row.idle.release()
                    while row.order.withLock({ $0.count }) != released {
                        CurrentThread.yieldProcessor()
                    }
                }
            }
        }
        #expect(row.names == [2, 1, 0])
    }

    @Test func `closing releases all, for good`() throws {
        let idle = IdleWorkers()
        try onThreads(3) { thread in
            if thread < 2 {
                _ = idle.wait(makeWorker(thread + 1), timeout: .seconds(60))
            } else {
                while idle.count != 2 { CurrentThread.yieldProcessor() }
                idle.close()
            }
        }
        #expect(idle.wait(makeWorker(9), timeout: .seconds(60)))
    }

    @Test func `releases and short timeouts at once: every release lets one go`() throws {
        let row = Row()
        let releases = 5_000
        try onThreads(4) { thread in
            if thread == 0 {
                for _ in 0..<releases { row.idle.release() }
            } else {
                let worker = makeWorker(thread)
                while row.released.load(ordering: .relaxed) < releases {
                    if row.idle.wait(worker, timeout: .microseconds(thread * 10)) {
                        row.released.wrappingAdd(1, ordering: .relaxed)
                    }
                }
            }
        }
        #expect(row.released.load(ordering: .relaxed) == releases)
        #expect(row.idle.count == 0)
        #expect(!row.idle.wait(makeWorker(1), timeout: .zero))
    }
}

private final class Row: Sendable {
    let idle = IdleWorkers()
    let order = Lock<[Int]>([])
    let released = Atomic<Int>(0)

    var names: [Int] { order.withLock { $0 } }
}

private func makeWorker(_ number: Int) -> Worker {
    Worker(number: number, lane: Lanes().make(), queue: WorkStealingQueue(capacity: 1))
}
