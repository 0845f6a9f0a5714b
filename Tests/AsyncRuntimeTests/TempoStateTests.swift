// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import AsyncRuntime

struct TempoStateTests {
    @Test func `at full speed nothing is held and time runs`() {
        var state = TempoState()
        expect(state.arrive(1, at: 0))
        expect(state.arrive(1, at: 0))
        #expect(state.timeRuns)
        #expect(state.passed == 0)
    }

    @Test func `a step lets the longest held through, and no other`() {
        var state = TempoState()
        expect(state.set(.paused).isEmpty)
        #expect(!state.timeRuns)
        expect(!state.arrive(1, at: 0))
        expect(!state.arrive(2, at: 0))
        expect(state.step(at: 0) == 1)
        #expect(state.held == [2])
        // Time runs for the one that works, until it comes back or sleeps.
        #expect(state.timeRuns)
        expect(!state.arrive(1, at: 0))
        #expect(!state.timeRuns)
        #expect(state.held == [2, 1])
        expect(state.step(at: 0) == 2)
        state.rest(2)
        #expect(!state.timeRuns)
        #expect(state.steps == 2)
    }

    @Test func `a step that finds nobody waits for the next hop, and time runs until it comes`() {
        var state = TempoState()
        _ = state.set(.paused)
        expect(state.step(at: 0) == nil)
        expect(state.step(at: 0) == nil)
        #expect(state.timeRuns)
        expect(state.arrive(3, at: 0))
        state.rest(3)
        #expect(state.timeRuns)
        expect(state.arrive(3, at: 0))
        expect(!state.arrive(3, at: 0))
        #expect(state.openings == 0)
        #expect(!state.timeRuns)
    }

    @Test func `in slow motion one passes each interval, the first first`() {
        var state = TempoState()
        _ = state.set(.slow(100))
        expect(state.arrive(1, at: 1000))
        expect(!state.arrive(2, at: 1010))
        expect(!state.arrive(3, at: 1020))
        #expect(state.nextDue == 1100)
        expect(!state.passIfDue(3, at: 1200))
        expect(!state.passIfDue(2, at: 1099))
        expect(state.passIfDue(2, at: 1100))
        #expect(state.nextDue == 1200)
        expect(state.passIfDue(3, at: 1205))
        // Nobody is held: the world goes on, and whoever comes late enough is not held at all.
        state.rest(1)
        state.rest(2)
        state.rest(3)
        #expect(state.timeRuns)
        expect(state.arrive(1, at: 1400))
    }

    @Test func `going on at full speed lets all through, in their order`() {
        var state = TempoState()
        _ = state.set(.paused)
        for thread in [4, 2, 7] { expect(!state.arrive(thread, at: 0)) }
        expect(state.set(.full) == [4, 2, 7])
        #expect(state.held.isEmpty)
        #expect(state.timeRuns)
    }

    @Test func `openings end with the pause in which they were asked for`() {
        var state = TempoState()
        _ = state.set(.paused)
        _ = state.step(at: 0)
        _ = state.set(.full)
        _ = state.set(.paused)
        expect(!state.arrive(1, at: 0))
        #expect(state.steps == 0)
    }

    @Test func `every schedule of steps and hops lets as many through as there were steps`() {
        for steps in 0...4 {
            let found = Interleavings(of: GateMachine(threads: 2, hops: 2, steps: steps))
            #expect(found.failure == nil, "\(found)")
            #expect(found.stateCount > 10)
        }
        let three = Interleavings(of: GateMachine(threads: 3, hops: 2, steps: 5))
        #expect(three.failure == nil, "\(three)")
    }

    @Test(arguments: [GateMachine.Mistake.countsInsteadOfReleasing, .parksWithoutLooking])
    private func `a mistake in the protocol is found`(_ mistake: GateMachine.Mistake) {
        let found = Interleavings(of: GateMachine(threads: 2, hops: 2, steps: 3, mistake: mistake))
        #expect(found.failure != nil)
    }
}

/// `#expect` does not take calls that change what they are called on.
private func expect(_ holds: Bool, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(holds, sourceLocation: sourceLocation)
}

/// `Tempo`'s gate while the world is paused: threads that make hops, and one that steps.
private struct GateMachine: StepMachine {
    enum Mistake { case none, countsInsteadOfReleasing, parksWithoutLooking }
    enum Place: Hashable { case atWork, looks, parks, done }

    struct Passer: Hashable {
        var place = Place.atWork
        var hopsLeft: Int
        var hasToken = false
        var hasTicket = false
    }

    var mistake: Mistake
    var tempo = TempoState()
    var passers: [Passer]
    var stepsLeft: Int
    var stepsMade = 0
    let steps: Int
    let hops: Int
    /// Whom the stepper is about to unpark.
    var toWake: Int?

    init(threads: Int, hops: Int, steps: Int, mistake: Mistake = .none) {
        passers = Array(repeating: Passer(hopsLeft: hops), count: threads)
        stepsLeft = steps
        self.steps = steps
        self.hops = hops * threads
        self.mistake = mistake
        _ = tempo.set(.paused)
    }

    var threadCount: Int { passers.count + 1 }

    func successors(of thread: Int) -> [GateMachine] {
        var next = self
        guard thread < passers.count else { return stepper() }
        switch passers[thread].place {
        case .done: return []
        case .atWork:
            guard passers[thread].hopsLeft > 0 else {
                next.tempo.rest(thread)
                next.passers[thread].place = .done
                return [next]
            }
            next.passers[thread].hopsLeft -= 1
            if !next.tempo.arrive(thread, at: 0) {
                next.passers[thread].hasTicket = true
                next.passers[thread].place = .looks
            }
        case .looks:
            let parks = passers[thread].hasTicket || mistake == .parksWithoutLooking
            next.passers[thread].place = parks ? .parks : .atWork
        case .parks:
            guard passers[thread].hasToken else { return [] }
            next.passers[thread].hasToken = false
            next.passers[thread].place = .looks
        }
        return [next]
    }

    private func stepper() -> [GateMachine] {
        var next = self
        if let wake = toWake {
            // The mistaken passer throws a token away that comes before it sleeps.
            let isEarly = mistake == .parksWithoutLooking && passers[wake].place != .parks
            next.passers[wake].hasToken = !isEarly
            next.toWake = nil
            return [next]
        }
        guard stepsLeft > 0 else { return [] }
        next.stepsLeft -= 1
        next.stepsMade += 1
        if mistake == .countsInsteadOfReleasing, !tempo.held.isEmpty { return [next] }
        next.toWake = next.tempo.step(at: 0)
        if let wake = next.toWake { next.passers[wake].hasTicket = false }
        return [next]
    }

    var violation: String? {
        if tempo.passed > stepsMade { return "more hops passed than there were steps" }
        if tempo.openings > 0, !tempo.held.isEmpty { return "an opening waits, and so does a hop" }
        return nil
    }

    var violationAtEnd: String? {
        let passed = min(steps, hops)
        if tempo.passed != passed { return "\(tempo.passed) hops passed, not \(passed)" }
        let waiting = passers.filter { $0.place == .parks && !$0.hasTicket }.count
        return waiting > 0 ? "a thread sleeps although it was let through" : nil
    }
}
