// SPDX-License-Identifier: Apache-2.0

import Kernel
import Synchronization
import Telemetry
import TestSupport
import Testing

@Suite struct EventRingTests {
    @Test func `the newest events stay, and what nobody asked for is not lost`() {
        let ring = EventRing(capacity: 4)
        for number in 1...6 { ring.append(event(number)) }
        #expect(ring.total == 6)
        #expect(read(ring, newest: 2) == [5, 6])
        #expect(read(ring, newest: 2) == [])
        ring.append(event(7))
        #expect(read(ring, newest: 2) == [7])
        #expect(ring.lost == 0)
    }

    @Test func `what was asked for and is overwritten counts as lost`() {
        let ring = EventRing(capacity: 4)
        for number in 1...6 { ring.append(event(number)) }
        // The oldest of the four may be written over at any moment.
        #expect(read(ring, newest: 5) == [4, 5, 6])
        #expect(ring.lost == 2)
    }

    @Test func `it agrees with an array, around its end many times`() {
        var random = SeededRandom(seed: 0xe7e_4717)
        let ring = EventRing(capacity: 8)
        var unread: [Int] = []
        var lost = 0
        for number in 0..<20_000 {
            if random.below(10) < 8 {
                ring.append(event(number))
                unread.append(number)
            } else {
                let limit = 1 + Int(random.below(12))
                let asked = unread.suffix(limit)
                lost += max(0, asked.count - 7)
                let expected = Array(asked.suffix(7))
                #expect(read(ring, newest: limit) == expected, "seed \(random.seed), at \(number)")
                unread = []
            }
        }
        #expect(ring.lost == lost, "seed \(random.seed)")
        #expect(ring.total > 15_000)
    }

    @Test func `a reader beside the writer gets whole events in order, or a count of the lost`()
        throws
    {
        let both = Both()
        let count = 200_000
        try onThreads(2) { thread in
            if thread == 0 {
                for number in 1...count { both.ring.append(event(number)) }
                both.hasEnded.store(true, ordering: .releasing)
            } else {
                var isLast = false
                while !isLast {
                    isLast = both.hasEnded.load(ordering: .acquiring)
                    both.ring.read(newest: .max) { both.check($0) }
                }
            }
        }
        let (seen, bad) = both.result
        #expect(bad == 0)
        #expect(seen > 0)
        #expect(seen + both.ring.lost == count)
        #expect(both.ring.total == count)
    }
}

private func event(_ number: Int) -> Event {
    Event(
        nanoseconds: UInt64(number),
        kind: UInt64(number) &* 3,
        subject: ~UInt64(number),
        argument: Int64(-number)
    )
}

private func read(_ ring: EventRing, newest limit: Int) -> [Int] {
    var numbers: [Int] = []
    ring.read(newest: limit) { numbers.append(Int($0.nanoseconds)) }
    return numbers
}

private final class Both: Sendable {
    let ring = EventRing(capacity: 16)
    let hasEnded = Atomic<Bool>(false)
    private let state = Lock((last: UInt64(0), seen: 0, bad: 0))

    func check(_ event: Event) {
        let number = event.nanoseconds
        let isWhole =
            event.kind == number &* 3 && event.subject == ~number
            && event.argument == -Int64(number)
        state.withLock { state in
            if !isWhole || number <= state.last { state.bad += 1 }
            state.last = number
            state.seen += 1
        }
    }

    var result: (seen: Int, bad: Int) { state.withLock { ($0.seen, $0.bad) } }
}
