// SPDX-License-Identifier: Apache-2.0

import AsyncRuntime
import Histogram
import Telemetry
import Testing

@testable import Workload

@Suite struct RequestPaceTests {
    private let think = (time: Duration.milliseconds(250), spread: Duration.milliseconds(125))

    @Test func `a closed loop thinks before every request`() {
        var pace = RequestPace(client: 0, random: SeededRandom(seed: 1))
        guard case .wait(let pause) = pace.next(now: .zero, rate: nil, clients: 1, think: think)
        else {
            Issue.record("It did not think.")
            return
        }
        #expect(pause >= .milliseconds(125) && pause <= .milliseconds(375))
        #expect(pace.next(now: pause, rate: nil, clients: 1, think: think) == .send(due: pause))
        guard case .wait = pace.next(now: pause, rate: nil, clients: 1, think: think) else {
            Issue.record("It did not think again.")
            return
        }
    }

    @Test func `an open loop keeps its timetable when answers are late`() {
        var pace = RequestPace(client: 1, random: SeededRandom(seed: 1))
        // 10 requests a second from two clients: each sends every 200 ms, the second 100 ms later.
        #expect(
            pace.next(now: .zero, rate: 10, clients: 2, think: think) == .wait(.milliseconds(100))
        )
        let late = Duration.milliseconds(550)
        #expect(
            pace.next(now: late, rate: 10, clients: 2, think: think)
                == .send(due: .milliseconds(100))
        )
        #expect(
            pace.next(now: late, rate: 10, clients: 2, think: think)
                == .send(due: .milliseconds(300))
        )
        #expect(
            pace.next(now: late, rate: 10, clients: 2, think: think)
                == .send(due: .milliseconds(500))
        )
        #expect(
            pace.next(now: late, rate: 10, clients: 2, think: think) == .wait(.milliseconds(150))
        )
    }

    @Test func `a new rate starts a new timetable, and long waits look for one`() {
        var pace = RequestPace(client: 1, random: SeededRandom(seed: 1))
        #expect(pace.next(now: .zero, rate: 0.1, clients: 2, think: think) == .wait(.seconds(1)))
        let now = Duration.seconds(1)
        #expect(
            pace.next(now: now, rate: 10, clients: 2, think: think) == .wait(.milliseconds(100))
        )
    }

    @Test func `the summary tells the recent span from the whole run`() {
        var summary = RequestSummary()
        var completed = 0
        for second in 0..<10 {
            var fresh = LatencyHistogram.ofLatencies()
            for _ in 0..<100 { fresh.record(second < 3 ? 1000 : 10) }
            completed += second < 3 ? 100 : 300
            summary.add(fresh, completed: completed, at: .seconds(second + 1))
        }
        #expect(summary.perSecond(over: .recent) == 300)
        #expect(summary.perSecond(over: .wholeRun) == 240)
        #expect(summary.percentiles(over: .recent).p99 == 10)
        #expect((990...1010).contains(summary.percentiles(over: .wholeRun).p99))
    }

    @Test func `a ledger of one stripe loses no latency that several tasks record`() async {
        let ledger = RequestLedger(stripeCount: 1)
        await withDiscardingTaskGroup { group in
            for task in 0..<4 {
                group.addTask {
                    for _ in 0..<1000 { ledger.complete(after: .microseconds(5), hint: task) }
                }
            }
        }
        var total = LatencyHistogram.ofLatencies()
        ledger.drain(into: &total)
        #expect(total.totalCount == 4000)
        #expect(ledger.counts.completed == 4000)
    }
}
