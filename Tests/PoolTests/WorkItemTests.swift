// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

@testable import Pool

@Suite struct WorkItemTests {
    @Test func `a job keeps its bits`() {
        let item = WorkItem(jobBits: 0xdead_beef)
        #expect(item.jobBits == 0xdead_beef)
        #expect(WorkItem(words: item.words).jobBits == 0xdead_beef)
    }

    @Test func `a closure runs once and lets go of its context once`() throws {
        let calls = Calls()
        weak var context: Calls?
        do {
            let owned = Calls()
            context = owned
            let item = WorkItem {
                owned.count.wrappingAdd(1, ordering: .relaxed)
                calls.count.wrappingAdd(1, ordering: .relaxed)
            }
            #expect(item.jobBits == nil)
            // The words alone keep the context alive.
            let again = WorkItem(words: item.words)
            #expect(calls.count.load(ordering: .relaxed) == 0)
            again.callClosure()
        }
        #expect(calls.count.load(ordering: .relaxed) == 1)
        #expect(context == nil)
    }

    @Test func `a context lives until its item has run`() {
        weak var context: Calls?
        var item: WorkItem?
        do {
            let owned = Calls()
            context = owned
            item = WorkItem { owned.count.wrappingAdd(1, ordering: .relaxed) }
        }
        #expect(context != nil)
        item?.callClosure()
        #expect(context == nil)
    }

    @Test func `a closure without a context runs too`() {
        WorkItem {}.callClosure()
        #expect(WorkItem {}.jobBits == nil)
    }
}

private final class Calls: Sendable {
    let count = Atomic<Int>(0)
}
