// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// The table of `CounterEpoch` as a pure value: thread 0 submits, thread 1 completes what it was
/// handed, thread 2 closes epochs and adds the closed banks up.
private struct EpochMachine: StepMachine {
    enum Mistake { case none, readsEpochFirst, closesWithoutWaiting, handsOverInsideSection }
    enum Step {
        case await, activate, readEpoch, countFirst, countSecond, deactivate, handOver, done
    }
    enum Sampling { case advance, wait, drain, done }

    struct Bank: Hashable {
        var submitted = 0
        var slots = 0
        var completed = 0
    }

    struct Counting: Hashable {
        var step: Step
        var isActive = false
        var epoch = 0
        var banks = [Bank(), Bank()]
        var left: Int
    }

    var mistake: Mistake
    var submitter: Counting
    var completer: Counting
    var handed = 0
    var taken = 0
    var epoch = 0
    var sampling = Sampling.advance
    var lane = 0
    var closed = 0
    var closesLeft: Int
    var sums = Bank()
    var isCut = false

    init(operations: Int, closes: Int, mistake: Mistake = .none) {
        self.mistake = mistake
        submitter = Counting(step: .activate, left: operations)
        completer = Counting(step: .await, left: operations)
        closesLeft = closes
    }

    var threadCount: Int { 3 }

    func successors(of thread: Int) -> [EpochMachine] {
        var next = self
        switch thread {
        case 0: return next.stepSubmitter() ? [next] : []
        case 1: return next.stepCompleter() ? [next] : []
        default: return next.stepSampler() ? [next] : []
        }
    }

    private var opening: (first: Step, second: Step) {
        mistake == .readsEpochFirst ? (.readEpoch, .activate) : (.activate, .readEpoch)
    }

    private mutating func stepSubmitter() -> Bool {
        let bank = submitter.epoch % 2
        switch submitter.step {
        case .await, .done:
            return false
        case .activate:
            submitter.isActive = true
            submitter.step = mistake == .readsEpochFirst ? .countFirst : .readEpoch
        case .readEpoch:
            submitter.epoch = epoch
            submitter.step = mistake == .readsEpochFirst ? .activate : .countFirst
        case .countFirst:
            submitter.banks[bank].submitted += 1
            submitter.step = .countSecond
            if mistake == .handsOverInsideSection { handed += 1 }
        case .countSecond:
            submitter.banks[bank].slots += 1
            submitter.step = .deactivate
        case .deactivate:
            submitter.isActive = false
            submitter.step = .handOver
        case .handOver:
            if mistake != .handsOverInsideSection { handed += 1 }
            submitter.left -= 1
            submitter.step = submitter.left == 0 ? .done : opening.first
        }
        return true
    }

    private mutating func stepCompleter() -> Bool {
        let bank = completer.epoch % 2
        switch completer.step {
        case .await:
            guard handed > taken else { return false }
            taken += 1
            completer.step = opening.first
        case .activate:
            completer.isActive = true
            completer.step = mistake == .readsEpochFirst ? .countFirst : .readEpoch
        case .readEpoch:
            completer.epoch = epoch
            completer.step = mistake == .readsEpochFirst ? .activate : .countFirst
        case .countFirst:
            completer.banks[bank].completed += 1
            completer.step = .countSecond
        case .countSecond:
            completer.banks[bank].slots -= 1
            completer.step = .deactivate
        case .deactivate:
            completer.isActive = false
            completer.left -= 1
            completer.step = completer.left == 0 ? .done : .await
        case .handOver, .done:
            return false
        }
        return true
    }

    private mutating func stepSampler() -> Bool {
        switch sampling {
        case .advance:
            isCut = false
            closed = epoch
            epoch += 1
            lane = 0
            sampling = mistake == .closesWithoutWaiting ? .drain : .wait
        case .wait:
            guard !(lane == 0 ? submitter : completer).isActive else { return false }
            lane += 1
            guard lane == 2 else { return true }
            lane = 0
            sampling = .drain
        case .drain:
            let bank = closed % 2
            add(lane == 0 ? submitter.banks[bank] : completer.banks[bank])
            if lane == 0 { submitter.banks[bank] = Bank() } else { completer.banks[bank] = Bank() }
            lane += 1
            guard lane == 2 else { return true }
            isCut = true
            closesLeft -= 1
            sampling = closesLeft == 0 ? .done : .advance
        case .done:
            return false
        }
        return true
    }

    private mutating func add(_ bank: Bank) {
        sums.submitted += bank.submitted
        sums.slots += bank.slots
        sums.completed += bank.completed
    }

    var violation: String? {
        guard isCut, sums.submitted != sums.slots + sums.completed else { return nil }
        return "A cut shows \(sums)"
    }

    var violationAtEnd: String? {
        var all = self
        for bank in submitter.banks + completer.banks { all.add(bank) }
        let isWhole = all.sums.submitted == all.sums.completed && all.sums.slots == 0
        return isWhole ? nil : "A count was lost: \(all.sums)"
    }
}

@Suite struct CounterEpochInterleavingTests {
    @Test(arguments: [(1, 2), (1, 4), (2, 3), (3, 3)])
    func `every cut of every schedule balances`(operations: Int, closes: Int) {
        let all = Interleavings(of: EpochMachine(operations: operations, closes: closes))
        #expect(all.failure == nil, "\(all)")
        #expect(all.endCount > 0)
    }

    @Test func `reading the epoch before becoming active tears a cut`() {
        let all = Interleavings(
            of: EpochMachine(operations: 2, closes: 3, mistake: .readsEpochFirst)
        )
        #expect(all.failure != nil, "\(all)")
    }

    @Test func `closing without waiting for open sections tears a cut`() {
        let all = Interleavings(
            of: EpochMachine(operations: 2, closes: 2, mistake: .closesWithoutWaiting)
        )
        #expect(all.failure != nil, "\(all)")
    }

    @Test func `handing over inside the section is safe too, since the epoch was read`() {
        let all = Interleavings(
            of: EpochMachine(operations: 2, closes: 3, mistake: .handsOverInsideSection)
        )
        #expect(all.failure == nil, "\(all)")
    }
}
