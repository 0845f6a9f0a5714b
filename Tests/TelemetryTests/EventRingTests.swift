// SPDX-License-Identifier: Apache-2.0

import Kernel
import Synchronization
import Telemetry
import TestSupport
import Testing

@Suite struct EventRingTests {
    @Test func `what does not fit is dropped and counted`() {
        let ring = EventRing(capacity: 4)
        let fits = (1...6).map { ring.append(event($0)) }
        #expect(fits == [true, true, true, true, false, false])
        #expect(ring.dropped == 2)
        #expect(ring.total == 6)
        #expect(drained(ring) == [1, 2, 3, 4])
        #expect(drained(ring) == [])
        #expect(ring.append(event(7)))
        #expect(drained(ring) == [7])
        #expect(ring.dropped == 2)
    }

    @Test func `a ring of one works`() {
        let ring = EventRing(capacity: 1)
        for number in 1...5 {
            #expect(ring.append(event(number)))
            #expect(!ring.append(event(0)))
            #expect(drained(ring) == [number])
        }
        #expect(ring.dropped == 5)
    }

    @Test func `it agrees with an array, around its end many times`() {
        var random = SeededRandom(seed: 0xe7e_4717)
        let ring = EventRing(capacity: 8)
        var model: [Int] = []
        var dropped = 0
        for number in 0..<20_000 {
            if random.below(10) < 8 {
                let fits = model.count < 8
                #expect(ring.append(event(number)) == fits, "seed \(random.seed), at \(number)")
                if fits { model.append(number) } else { dropped += 1 }
            } else {
                #expect(drained(ring) == model, "seed \(random.seed), at \(number)")
                model = []
            }
        }
        #expect(ring.dropped == dropped, "seed \(random.seed)")
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
                    both.ring.drain { both.check($0) }
                }
            }
        }
        let (seen, bad) = both.result
        #expect(bad == 0)
        #expect(seen + both.ring.dropped == count)
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

private func drained(_ ring: EventRing) -> [Int] {
    var numbers: [Int] = []
    ring.drain { numbers.append(Int($0.nanoseconds)) }
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
