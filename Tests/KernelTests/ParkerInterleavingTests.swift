// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// `Parker` as a pure value.
///
/// Thread 0 parks until it has seen every reason, the others each leave
/// one reason and unpark. The last thread is the store buffer of thread 0, for the mistake that
/// needs one.
private struct ParkerMachine: StepMachine {
    enum Mistake { case none, takesTokenByPlainStore, sleepsWithoutCompare, wakesWithoutToken }
    enum Token { case empty, set, asleep }
    enum Parking {
        case look, takeEarly, announce, fallAsleep, inFutex, lookAgain, takeLate, takeAfterTimeout
        case done
    }
    enum Unparking { case reason, token, wake, done }

    var mistake = Mistake.none
    var mayTimeOut = false
    var token = Token.empty
    /// A plain store of `.empty` that other threads do not see yet.
    var isStoreBuffered = false
    var parking = Parking.look
    var isAsleepInKernel = false
    var seen = 0
    var reasons = 0
    var unparking: [Unparking]

    init(unparkers: Int, mistake: Mistake = .none, mayTimeOut: Bool = false) {
        unparking = Array(repeating: .reason, count: unparkers)
        self.mistake = mistake
        self.mayTimeOut = mayTimeOut
    }

    var threadCount: Int { unparking.count + 2 }

    func successors(of thread: Int) -> [ParkerMachine] {
        if thread == 0 { return parkerSteps() }
        if thread <= unparking.count { return unparkerStep(thread - 1) }
        guard isStoreBuffered else { return [] }
        var next = self
        next.isStoreBuffered = false
        next.token = .empty
        return [next]
    }

    private func parkerSteps() -> [ParkerMachine] {
        var next = self
        // Read-modify-writes wait until the store buffer is empty.
        let isLocked = isStoreBuffered
        switch parking {
        case .look:
            next.seen = reasons
            next.parking = reasons == unparking.count ? .done : .takeEarly
        case .takeEarly:
            if isLocked { return [] }
            next.token = .empty
            next.parking = token == .set ? .look : .announce
        case .announce:
            if isLocked { return [] }
            if mistake == .sleepsWithoutCompare {
                next.token = .asleep
                next.parking = .fallAsleep
            } else if token == .set {
                next.parking = .takeLate
            } else {
                next.token = .asleep
                next.parking = .fallAsleep
            }
        case .fallAsleep:
            // The kernel compares and sleeps in one.
            next.isAsleepInKernel = token == .asleep
            next.parking = token == .asleep ? .inFutex : .lookAgain
        case .inFutex:
            if !isAsleepInKernel {
                next.parking = .lookAgain
            } else if mayTimeOut {
                next.isAsleepInKernel = false
                next.parking = .takeAfterTimeout
            } else {
                return []
            }
        case .lookAgain:
            next.parking = token == .set ? .takeLate : .announce
        case .takeLate:
            if mistake == .takesTokenByPlainStore {
                next.isStoreBuffered = true
            } else {
                next.token = .empty
            }
            next.parking = .look
        case .takeAfterTimeout:
            next.token = .empty
            next.parking = .look
        case .done:
            return []
        }
        return [next]
    }

    private func unparkerStep(_ index: Int) -> [ParkerMachine] {
        var next = self
        switch unparking[index] {
        case .reason:
            next.reasons += 1
            next.unparking[index] = .token
        case .token:
            next.token = .set
            let mustWake = token == .asleep
            if mistake == .wakesWithoutToken { next.token = token }
            next.unparking[index] = mustWake ? .wake : .done
        case .wake:
            next.isAsleepInKernel = false
            next.unparking[index] = .done
        case .done:
            return []
        }
        return [next]
    }

    var violationAtEnd: String? {
        parking == .done ? nil : "The parker sleeps for ever with \(reasons - seen) reasons unseen"
    }
}

@Suite struct ParkerInterleavingTests {
    @Test(arguments: [1, 2, 3], [false, true])
    func `no schedule loses a wake`(unparkers: Int, mayTimeOut: Bool) {
        let all = Interleavings(
            of: ParkerMachine(unparkers: unparkers, mayTimeOut: mayTimeOut)
        )
        #expect(all.failure == nil, "\(all)")
        #expect(all.endCount > 0)
    }

    @Test func `going to sleep without comparing overwrites a token`() {
        let all = Interleavings(
            of: ParkerMachine(unparkers: 1, mistake: .sleepsWithoutCompare)
        )
        #expect(all.failure != nil, "\(all)")
    }

    @Test func `a wake without a token is lost on one who is about to sleep`() {
        let all = Interleavings(of: ParkerMachine(unparkers: 1, mistake: .wakesWithoutToken))
        #expect(all.failure != nil, "\(all)")
    }

    @Test func `taking a token by a plain store erases the next one`() {
        // The look at the reasons may overtake the store, as on every processor with a store
        // buffer; then an unpark that merges into the old token is seen by nobody.
        let all = Interleavings(
            of: ParkerMachine(unparkers: 2, mistake: .takesTokenByPlainStore)
        )
        #expect(all.failure != nil, "\(all)")
    }
}
