// SPDX-License-Identifier: Apache-2.0

import Kernel
import Synchronization
import TestSupport
import Testing

@Suite struct TurnTests {
    @Test func `one thread at a time has the turn`() throws {
        let turn = Turn()
        let inside = Counts()
        try onThreads(4) { _ in
            for _ in 0..<5_000 {
                turn.take {
                    let others = inside.now.wrappingAdd(1, ordering: .relaxed).oldValue
                    if others != 0 { inside.clashes.wrappingAdd(1, ordering: .relaxed) }
                    // A turn may lock, which a lock may not.
                    inside.total.withLock { $0 += 1 }
                    inside.now.wrappingSubtract(1, ordering: .relaxed)
                }
            }
        }
        #expect(inside.clashes.load(ordering: .relaxed) == 0)
        #expect(inside.value == 20_000)
    }

    @Test func `an error gives the turn back`() throws {
        struct Refusal: Error {}
        let turn = Turn()
        #expect(throws: Refusal.self) { try turn.take { throw Refusal() } }
        #expect(turn.take { true })
    }

    @Test func `no schedule loses the turn or gives it twice`() {
        for threads in 2...4 {
            let all = Interleavings(of: TurnMachine(threads: threads))
            #expect(all.failure == nil, "\(all)")
        }
    }

    @Test func `a turn given back without a look at the mark leaves a waiter asleep`() {
        let all = Interleavings(of: TurnMachine(threads: 2, marksWaiters: false))
        #expect(all.failure != nil, "\(all)")
    }
}

private final class Counts: Sendable {
    let now = Atomic<Int>(0)
    let clashes = Atomic<Int>(0)
    let total = Lock(0)

    var value: Int { total.withLock { $0 } }
}

/// `Turn` as a pure value: every thread takes the turn twice.
private struct TurnMachine: StepMachine {
    enum Step { case take, mark, sleep, asleep, inside, wake, done }

    var word = 0
    var steps: [Step]
    var turnsLeft: [Int]
    var marksWaiters: Bool

    init(threads: Int, marksWaiters: Bool = true) {
        steps = Array(repeating: .take, count: threads)
        turnsLeft = Array(repeating: 2, count: threads)
        self.marksWaiters = marksWaiters
    }

    var threadCount: Int { steps.count }

    func successors(of thread: Int) -> [TurnMachine] {
        var next = self
        switch steps[thread] {
        case .take:
            if word == 0 { next.word = 1 }
            next.steps[thread] = word == 0 ? .inside : .mark
        case .mark:
            next.word = marksWaiters ? 2 : max(word, 1)
            next.steps[thread] = word == 0 ? .inside : .sleep
        case .sleep:
            let expected = marksWaiters ? 2 : 1
            next.steps[thread] = word == expected ? .asleep : .mark
        case .asleep, .done:
            return []
        case .inside:
            next.word = 0
            next.turnsLeft[thread] -= 1
            let after: Step = next.turnsLeft[thread] == 0 ? .done : .take
            next.steps[thread] = word == 2 ? .wake : after
        case .wake:
            next.steps[thread] = turnsLeft[thread] == 0 ? .done : .take
            let sleepers = steps.indices.filter { steps[$0] == .asleep }
            guard !sleepers.isEmpty else { return [next] }
            return sleepers.map { sleeper in
                var woken = next
                woken.steps[sleeper] = .mark
                return woken
            }
        }
        return [next]
    }

    var violation: String? {
        steps.count { $0 == .inside } > 1 ? "Two threads have the turn" : nil
    }

    var violationAtEnd: String? {
        steps.allSatisfy { $0 == .done } ? nil : "A thread waits for a turn that is free"
    }
}
