// SPDX-License-Identifier: Apache-2.0

import Telemetry
import Testing

@testable import AsyncRuntime

struct EventLogTests {
    @Test func `a goal that goes up and down is told in one entry, and every move counts`() {
        let log = EventLog()
        for _ in 0..<25 {
            log.appendAdjustment(from: 2, to: 3, reason: "ClimbingMove", throughput: 1000)
            log.appendAdjustment(from: 3, to: 2, reason: "ClimbingMove", throughput: 900)
        }
        log.appendAdjustment(from: 2, to: 3, reason: "Starvation")
        let newest = log.newest
        #expect(newest.events.map(\.count) == [50, 1])
        #expect(newest.events[0].name == "ThreadPoolWorkerThreadAdjustmentAdjustment")
        #expect(newest.events[0].text == "goal 2 ↔ 3  ClimbingMove  now 2  900 items/s")
        #expect(newest.events[1].text == "goal 2 → 3  Starvation")
        #expect(newest.adjustments.count == 51)
    }

    @Test func `events that come all the time do not push the others out`() {
        let log = EventLog()
        log.append("ThreadPoolWorkerThreadStart", "worker-1")
        for wait in 1...1000 { log.append(waits: wait % 2) }
        #expect(log.newest.events.map(\.count) == [1, 500])
    }

    @Test func `what the newest entries leave out is counted`() {
        let log = EventLog()
        for number in 1...777 { log.append("ThreadPoolWorkerThreadStart", "worker-\(number)") }
        let newest = log.newest
        #expect(newest.events.last?.text == "worker-777")
        #expect(newest.eventsBefore + newest.events.count == 777)
    }
}
