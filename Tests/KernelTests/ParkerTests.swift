// SPDX-License-Identifier: Apache-2.0

import Kernel
import Synchronization
import TestSupport
import Testing

@Suite struct ParkerTests {
    @Test func `a token left before parking is taken at once`() {
        let parker = Place()
        parker.unpark()
        #expect(parker.park(timeout: .seconds(60)))
    }

    @Test func `many tokens merge into one`() {
        let parker = Place()
        for _ in 0..<5 { parker.unpark() }
        #expect(parker.park(timeout: .zero))
        #expect(!parker.park(timeout: .zero))
    }

    @Test func `parking without a token ends at the timeout, not before`() {
        let parker = Place()
        let start = Instant.now
        #expect(!parker.park(timeout: .milliseconds(2)))
        #expect(Instant.now.duration(since: start) >= .milliseconds(2))
    }

    @Test func `a negative timeout looks once`() {
        let parker = Place()
        #expect(!parker.park(timeout: .seconds(-1)))
        parker.unpark()
        #expect(parker.park(timeout: .seconds(-1)))
    }

    @Test func `looking around finds a token and leaves it`() {
        let parker = Place()
        #expect(!parker.lookAround())
        parker.unpark()
        #expect(parker.lookAround())
        #expect(parker.park(timeout: .zero))
        #expect(!parker.lookAround())
    }

    @Test func `a sleeping thread wakes for each of many reasons`() throws {
        let sleeper = Sleeper()
        let rounds = 20_000
        try onThreads(3) { thread in
            if thread == 0 {
                while sleeper.seen.load(ordering: .relaxed) < 2 * rounds {
                    let reasons = sleeper.reasons.load(ordering: .relaxed)
                    if reasons > sleeper.seen.load(ordering: .relaxed) {
                        sleeper.seen.store(reasons, ordering: .relaxed)
                    } else if !sleeper.parker.park(timeout: .seconds(60)) {
                        return
                    }
                }
            } else {
                for _ in 0..<rounds {
                    sleeper.reasons.wrappingAdd(1, ordering: .relaxed)
                    sleeper.parker.unpark()
                }
            }
        }
        #expect(sleeper.seen.load(ordering: .relaxed) == 2 * rounds)
    }

    @Test func `timeouts and wakes that cross lose no reason`() throws {
        let sleeper = Sleeper()
        let rounds = 5_000
        try onThreads(2) { thread in
            if thread == 0 {
                while sleeper.seen.load(ordering: .relaxed) < rounds {
                    let reasons = sleeper.reasons.load(ordering: .relaxed)
                    sleeper.seen.store(reasons, ordering: .relaxed)
                    if reasons == rounds { return }
                    // Every other wait is so short that it ends by itself most of the time.
                    let limit: Duration = reasons % 2 == 0 ? .microseconds(20) : .seconds(60)
                    if !sleeper.parker.park(timeout: limit), limit > .seconds(1) { return }
                }
            } else {
                for _ in 0..<rounds {
                    sleeper.reasons.wrappingAdd(1, ordering: .relaxed)
                    sleeper.parker.unpark()
                }
            }
        }
        #expect(sleeper.seen.load(ordering: .relaxed) == rounds)
    }
}

/// A class, since `#expect` copies what it calls.
private final class Place: Sendable {
    private let parker = Parker()

    func park(timeout: Duration) -> Bool { parker.park(timeout: timeout) }
    func unpark() { parker.unpark() }
    func lookAround() -> Bool { parker.lookAround() }
}

private final class Sleeper: Sendable {
    let parker = Parker()
    let reasons = Atomic<Int>(0)
    let seen = Atomic<Int>(0)
}
