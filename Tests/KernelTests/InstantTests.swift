// SPDX-License-Identifier: Apache-2.0

import Kernel
import Synchronization
import TestSupport
import Testing

@Suite struct InstantTests {
    @Test func `arithmetic is exact to the nanosecond`() {
        let start = Instant(nanoseconds: 1_000)
        #expect(start.advanced(by: .nanoseconds(1)).nanoseconds == 1_001)
        #expect(start.advanced(by: .nanoseconds(-1)).nanoseconds == 999)
        #expect(start.advanced(by: .seconds(3)).duration(since: start) == .seconds(3))
        #expect(start.advanced(by: .microseconds(5)).nanoseconds(since: start) == 5_000)
    }

    @Test func `instants saturate at both ends`() {
        #expect(Instant(nanoseconds: 5).advanced(by: .seconds(-1)).nanoseconds == 0)
        #expect(Instant.distantFuture.advanced(by: .nanoseconds(1)) == .distantFuture)
        let late = Instant(nanoseconds: .max - 10)
        #expect(late.advanced(by: .seconds(1)) == .distantFuture)
        #expect(Instant(nanoseconds: .max).advanced(by: .seconds(Int64.min)).nanoseconds > 0)
    }

    @Test func `time since a later instant is zero`() {
        let early = Instant(nanoseconds: 1)
        let late = Instant(nanoseconds: 2)
        #expect(early.nanoseconds(since: late) == 0)
        #expect(early.duration(since: late) == .zero)
        #expect(early < late)
    }

    @Test func `the clock does not go back`() {
        var last = Instant.now
        for _ in 0..<10_000 {
            let now = Instant.now
            #expect(now >= last)
            last = now
        }
    }

    @Test func `a clock that stands still goes on from there, for every thread`() throws {
        let hasEnded = Atomic<Bool>(false)
        let wentBack = Atomic<Bool>(false)
        try onThreads(2) { thread in
            guard thread == 0 else {
                var last = Instant.now
                while !hasEnded.load(ordering: .acquiring) {
                    let now = Instant.now
                    if now < last { wentBack.store(true, ordering: .relaxed) }
                    last = now
                }
                return
            }
            for _ in 0..<5 {
                let begin = (outside: ContinuousClock.now, here: Instant.now)
                var standing: [Instant] = []
                let total = WorldClock.standStill {
                    standing.append(.now)
                    while begin.outside.duration(to: .now) < .milliseconds(2) {}
                    standing.append(.now)
                }
                let end = Instant.now
                #expect(standing[0] == standing[1])
                #expect(begin.here <= standing[0] && standing[1] <= end)
                #expect(total > .zero)
                // The time spent inside is missing.
                let outside = begin.outside.duration(to: .now)
                #expect(end.duration(since: begin.here) < outside)
            }
            hasEnded.store(true, ordering: .releasing)
        }
        let hasGoneBack = wentBack.load(ordering: .relaxed)
        #expect(!hasGoneBack)
    }

    @Test func `durations clamp to nanoseconds of 64 bits`() {
        #expect(Duration.seconds(2).nanosecondsClamped == 2_000_000_000)
        #expect(Duration.milliseconds(-1500).nanosecondsClamped == -1_500_000_000)
        #expect(Duration.nanoseconds(-1).nanosecondsClamped == -1)
        #expect(Duration.seconds(Int64.max).nanosecondsClamped == .max)
        #expect(Duration.seconds(Int64.min).nanosecondsClamped == .min)
        #expect(Duration.nanoseconds(Int64.max).nanosecondsClamped == .max)
        #expect(Duration.nanoseconds(Int64.min).nanosecondsClamped == .min)
        #expect((Duration.nanoseconds(Int64.max) + .seconds(1)).nanosecondsClamped == .max)
    }
}
