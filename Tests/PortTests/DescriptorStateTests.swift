// SPDX-License-Identifier: Apache-2.0

import Port
import TestSupport
import Testing

@Suite struct DescriptorStateTests {
    @Test func `an edge that nobody waits for is remembered`() {
        var state = drained()
        #expect(state.edge(.read) == nil)
        let admission = state.submit(1, .read)
        #expect(admission == .perform)
    }

    @Test func `a drained direction is not tried`() {
        var state = drained()
        let admission = state.submit(1, .read)
        #expect(admission == .wait)
        let mayTry = state.beginTry(.read)
        #expect(!mayTry)
        let head = state.edge(.read)
        #expect(head == 1)
    }

    @Test func `a short read drains, a full one does not`() {
        for isDrained in [true, false] {
            var state = DescriptorState()
            _ = state.submit(1, .read)
            let (ended, next) = state.performed(.read, .completed(drained: isDrained))
            #expect(ended == nil && next == .rest)
            let admission = state.submit(2, .read)
            #expect(admission == (isDrained ? .wait : .perform))
        }
    }

    @Test func `a short read drains nothing once the peer has ended its stream`() {
        var state = DescriptorState()
        _ = state.edge(.read, isEnd: true)
        _ = state.submit(1, .read)
        _ = state.performed(.read, .completed(drained: true))
        let admission = state.submit(2, .read)
        #expect(admission == .perform)
    }

    @Test func `an edge during the call makes the performer call again`() {
        var state = DescriptorState()
        _ = state.submit(1, .read)
        #expect(state.edge(.read) == nil)
        let (_, next) = state.performed(.read, .wouldBlock)
        #expect(next == .perform(1))
        let (_, last) = state.performed(.read, .wouldBlock)
        #expect(last == .rest)
    }

    @Test func `the performer goes on with those that queued up behind`() {
        var state = DescriptorState()
        _ = state.submit(1, .write)
        let admission = state.submit(2, .write)
        #expect(admission == .wait)
        let (_, next) = state.performed(.write, .completed(drained: false))
        #expect(next == .perform(2))
        #expect(state.users == 1)
    }

    @Test func `directions do not wait for each other`() {
        var state = DescriptorState()
        _ = state.submit(1, .read)
        let admission = state.submit(2, .write)
        #expect(admission == .perform)
        #expect(state.users == 2)
    }

    @Test func `one that only waits is ended at once`() {
        var state = drained()
        _ = state.submit(1, .read)
        let (first, again) = (state.end(1, .read, .cancelled), state.end(1, .read, .timedOut))
        #expect(first && !again)
    }

    @Test func `ending the head during its call is left to the performer`() {
        var state = DescriptorState()
        _ = state.submit(1, .read)
        let mustComplete = state.end(1, .read, .cancelled)
        let again = state.end(1, .read, .timedOut)
        #expect(!mustComplete && !again)
        let (ended, next) = state.performed(.read, .wouldBlock)
        #expect(ended == .cancelled && next == .rest)
        #expect(state.users == 0)
    }

    @Test func `a call that succeeds beats the cancellation`() {
        var state = DescriptorState()
        _ = state.submit(1, .read)
        _ = state.end(1, .read, .cancelled)
        let (ended, _) = state.performed(.read, .completed(drained: false))
        #expect(ended == nil)
        // It is forgotten, and does not hit the next one.
        _ = state.submit(2, .read)
        let (second, _) = state.performed(.read, .wouldBlock)
        #expect(second == nil)
    }

    @Test func `closing leaves the head to its performer and returns the others`() {
        var state = DescriptorState()
        _ = state.submit(1, .read)
        _ = state.submit(2, .read)
        _ = state.submit(3, .write)
        _ = state.performed(.write, .wouldBlock)
        let (ended, again) = (state.close(), state.close())
        #expect(Set(ended) == [2, 3] && again == [])
        #expect(!state.mayRelease)
        let (reason, next) = state.performed(.read, .wouldBlock)
        #expect(reason == .closed && next == .rest)
        #expect(state.mayRelease)
        let admission = state.submit(4, .read)
        #expect(admission == .reject)
    }

    @Test func `closing during a try returns those that queued up behind it`() {
        var state = DescriptorState()
        let mayTry = state.beginTry(.read)
        #expect(mayTry)
        let admission = state.submit(1, .read)
        #expect(admission == .wait)
        let ended = state.close()
        #expect(ended == [1] && !state.mayRelease)
        let next = state.tried(.read, .wouldBlock)
        #expect(next == .rest && state.mayRelease)
    }

    @Test func `one that queued up behind a try is performed by the trier, or waits for an edge`() {
        for hasEdge in [true, false] {
            var state = DescriptorState()
            _ = state.beginTry(.read)
            _ = state.submit(1, .read)
            if hasEdge { _ = state.edge(.read) }
            let next = state.tried(.read, .wouldBlock)
            #expect(next == (hasEdge ? .perform(1) : .rest))
        }
    }

    @Test func `one behind a try can be ended`() {
        var state = DescriptorState()
        _ = state.beginTry(.read)
        _ = state.submit(1, .read)
        let mustComplete = state.end(1, .read, .timedOut)
        #expect(mustComplete)
        let next = state.tried(.read, .completed(drained: false))
        #expect(next == .rest)
    }

    @Test(arguments: 0..<20)
    func `a random walk ends every operation once and releases once`(walk: Int) {
        var random = SeededRandom(seed: UInt64(0xde5c_0000 + walk))
        for _ in 0..<200 {
            var walk = DescriptorWalk(random: random)
            walk.run(steps: 120, &random)
        }
    }

    @Test func `the rest of a try goes before what queued up behind it`() {
        var state = DescriptorState()
        let mayTry = state.beginTry(.write)
        #expect(mayTry)
        #expect(state.submit(7, .write) == .wait)
        #expect(state.tried(.write, leaving: 8) == .rest)
        #expect(state.edge(.write) == 8)
        #expect(state.performed(.write, .completed(drained: false)).next == .perform(7))
    }

    @Test func `the rest of a try whose descriptor was closed meanwhile ends as closed`() {
        var state = DescriptorState()
        _ = state.beginTry(.write)
        #expect(state.close() == [])
        #expect(state.tried(.write, leaving: 8) == .perform(8))
        let (ended, next) = state.performed(.write, .wouldBlock)
        #expect(ended == .closed && next == .rest && state.mayRelease)
    }

    /// A direction that has nothing to read.
    private func drained() -> DescriptorState {
        var state = DescriptorState()
        _ = state.submit(99, .read)
        _ = state.performed(.read, .wouldBlock)
        _ = state.edge(.read)
        _ = state.performed(.read, .completed(drained: true))
        return state
    }
}

/// One descriptor under everything that can happen to it, in random order.
private struct DescriptorWalk {
    var state = DescriptorState()
    /// What each direction's performer is calling for: a slot, or `nil` for a try.
    var performers: [Direction: UInt32?] = [:]
    var inFlight: [UInt32: Direction] = [:]
    var next: UInt32 = 1
    var releases = 0
    let seed: UInt64

    init(random: SeededRandom) {
        seed = random.seed
    }

    mutating func run(steps: Int, _ random: inout SeededRandom) {
        for _ in 0..<steps { step(&random) }
        close()
        // Performers still at their calls come back.
        while let direction = performers.keys.first { report(direction, .wouldBlock) }
        #expect(inFlight.isEmpty, "seed \(seed)")
        #expect(state.users == 0 && releases == 1, "seed \(seed)")
    }

    private mutating func step(_ random: inout SeededRandom) {
        let direction: Direction = Bool.random(using: &random) ? .read : .write
        switch random.below(20) {
        case 0..<6: submit(direction)
        case 6..<9: edge(direction, isLast: random.below(30) == 0)
        case 9..<11:
            guard state.beginTry(direction) else { return }
            #expect(performers[direction] == nil, "seed \(seed)")
            performers[direction] = .some(nil)
        case 11..<16:
            guard performers[direction] != nil else { return }
            let result: DescriptorState.Performed =
                Bool.random(using: &random)
                ? .wouldBlock : .completed(drained: Bool.random(using: &random))
            report(direction, result, leavesRest: Bool.random(using: &random))
        case 16..<19: end(&random)
        default: if random.below(8) == 0 { close() }
        }
        #expect(state.users == performers.count, "seed \(seed)")
    }

    private mutating func submit(_ direction: Direction) {
        let slot = next
        next += 1
        switch state.submit(slot, direction) {
        case .reject: #expect(state.isClosing, "seed \(seed)")
        case .wait: inFlight[slot] = direction
        case .perform:
            #expect(performers[direction] == nil, "seed \(seed)")
            inFlight[slot] = direction
            performers[direction] = slot
        }
    }

    private mutating func edge(_ direction: Direction, isLast: Bool) {
        guard let slot = state.edge(direction, isEnd: isLast) else { return }
        #expect(performers[direction] == nil && inFlight[slot] == direction, "seed \(seed)")
        performers[direction] = slot
    }

    private mutating func report(
        _ direction: Direction,
        _ result: DescriptorState.Performed,
        leavesRest: Bool = false
    ) {
        guard let performer = performers.removeValue(forKey: direction) else { return }
        let next: DescriptorState.Next
        if let slot = performer {
            let (ended, following) = state.performed(direction, result)
            next = following
            if case .completed = result { complete(slot) } else if ended != nil { complete(slot) }
        } else if leavesRest, case .wouldBlock = result {
            next = leaveRest(direction)
        } else {
            next = state.tried(direction, result)
        }
        switch next {
        case .perform(let slot):
            #expect(inFlight[slot] == direction, "seed \(seed)")
            performers[direction] = slot
        case .rest: if state.mayRelease { releases += 1 }
        }
    }

    /// A try that could not be finished: its rest goes before whatever queued up behind it.
    private mutating func leaveRest(_ direction: Direction) -> DescriptorState.Next {
        let slot = self.next
        self.next += 1
        inFlight[slot] = direction
        let next = state.tried(direction, leaving: slot)
        #expect(state[direction].waiting.first == slot, "seed \(seed)")
        return next
    }

    private mutating func end(_ random: inout SeededRandom) {
        guard next > 1 else { return }
        let slot = UInt32(1 + random.below(Int(next) - 1))
        let direction = inFlight[slot] ?? .read
        if state.end(slot, direction, .cancelled) { complete(slot) }
    }

    private mutating func close() {
        let wasOpen = !state.isClosing
        for slot in state.close() { complete(slot) }
        if wasOpen, state.mayRelease { releases += 1 }
    }

    private mutating func complete(_ slot: UInt32) {
        let was = inFlight.removeValue(forKey: slot)
        #expect(was != nil, "slot \(slot) was completed twice, seed \(seed)")
    }
}
