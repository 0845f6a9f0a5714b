// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Port

/// The rule in manual time: a minute of looks takes no time.
@Suite struct PollerGrowthTests {
    private func look(
        _ halfSeconds: Int,
        count: Int,
        held: Int,
        running: Int = 0,
        taken: Int = 7,
        hasWork: Bool = true,
        waited seconds: Int = 0
    ) -> PollerGrowth.Look {
        PollerGrowth.Look(
            nanoseconds: UInt64(halfSeconds) * 500_000_000 + 1,
            count: count,
            held: held,
            running: running,
            concurrency: 2,
            taken: taken,
            hasWork: hasWork,
            longestWait: UInt64(seconds) * 1_000_000_000
        )
    }

    @Test func `one poller a look while user code holds them all, up to the maximum`() {
        var growth = PollerGrowth()
        var count = 2
        var additions: [Int] = []
        for tick in 0..<20
        where growth.step(look(tick, count: count, held: count), minimum: 2, maximum: 6) == .grow {
            count += 1
            additions.append(tick)
        }
        #expect(count == 6)
        #expect(additions == [1, 2, 3, 4])
    }

    @Test func `none while one is free, nothing waits, packets are taken, or none could run`() {
        let looks = [
            { look($0, count: 2, held: 1) },
            { look($0, count: 2, held: 2, hasWork: false) },
            { look($0, count: 2, held: 2, taken: $0) },
            { look($0, count: 2, held: 2, running: 2) },
            { look($0, count: 0, held: 0) },
        ]
        for look in looks {
            var growth = PollerGrowth()
            for tick in 0..<20 {
                #expect(growth.step(look(tick), minimum: 2, maximum: 9) == .none)
            }
        }
    }

    @Test func `those above the minimum leave one by one when they have been idle`() {
        var growth = PollerGrowth()
        var count = 5
        for tick in 0..<100 {
            let idle = look(tick, count: count, held: 0, hasWork: false, waited: tick / 2)
            let step = growth.step(idle, minimum: 2, maximum: 9)
            #expect((step == .shrink) == (tick >= 40 && count > 2))
            if step == .shrink { count -= 1 }
        }
        #expect(count == 2)
    }
}
