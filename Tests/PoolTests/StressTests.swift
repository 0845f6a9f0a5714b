// SPDX-License-Identifier: Apache-2.0

import Foundation
import Kernel
import Synchronization
import TestSupport
import Testing

@testable import Pool

/// Many items in four patterns, with workers that come and go: each runs exactly once.
///
/// `POOLTOP_STRESS` sets the number of items of all tests together, for long runs by hand; the
/// run under ThreadSanitizer has a million. `pooltop bench stress` does the same on a whole runtime,
/// a hundred million times.
@Suite(.serialized) struct StressTests {
    private static let items =
        (ProcessInfo.processInfo.environment["POOLTOP_STRESS"].flatMap { Int($0) }
            ?? standard) / 4

    #if THREAD_SANITIZER
    private static let standard = 1_000_000
    #else
    private static let standard = 200_000
    #endif

    private func site(_ switches: GoalAdjustment.Switches = .none) -> Site {
        Site(
            items: StressTests.items,
            minimum: 3,
            switches: switches,
            idleTimeout: .milliseconds(2)
        )
    }

    @Test func `items from two outside threads`() throws {
        let site = site()
        try onThreads(2, patience: .seconds(3600)) { thread in
            for number in stride(from: thread, to: StressTests.items, by: 2) {
                site.pool.enqueueGlobal(WorkItem(jobBits: UInt(number)))
            }
        }
        try site.finish(within: .seconds(3600))
    }

    @Test func `items that bring items`() throws {
        let site = site()
        site.fanOut = { number in
            [2 * number + 1, 2 * number + 2].filter { $0 < StressTests.items }
        }
        site.pool.enqueueGlobal(WorkItem(jobBits: 0))
        try site.finish(within: .seconds(3600))
    }

    @Test func `items that go to the tail again and again`() throws {
        let site = site()
        let width = 100
        site.during = { [unowned site] number, _ in
            guard number + width < StressTests.items else { return }
            site.pool.enqueueGlobal(WorkItem(jobBits: UInt(number + width)))
        }
        for number in 0..<width { site.pool.enqueueGlobal(WorkItem(jobBits: UInt(number))) }
        try site.finish(within: .seconds(3600))
    }

    @Test func `items that block while others lie in their worker's queue`() throws {
        var switches = GoalAdjustment.Switches.none
        switches.cooperativeBlocking = true
        switches.localHandOver = true
        let site = site(switches)
        site.fanOut = { number in
            [2 * number + 1, 2 * number + 2].filter { $0 < StressTests.items }
        }
        site.during = { [unowned site] number, worker in
            guard number % 500 == 0 else { return }
            site.pool.workerBlocks(worker)
            Parker().park(timeout: .microseconds(50))
            site.pool.workerUnblocks(worker)
        }
        site.pool.enqueueGlobal(WorkItem(jobBits: 0))
        try site.finish(within: .seconds(3600))
    }
}
