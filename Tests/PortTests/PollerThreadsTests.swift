// SPDX-License-Identifier: Apache-2.0

import Kernel
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Port

/// The threads behind the pollers: who gets which number.
@Suite struct PollerThreadsTests {
    @Test func `while those that leave hold all numbers nobody new starts`() throws {
        let lanes = Lanes()
        let port = CompletionPort(
            engine: .epoll(try EpollEngine()),
            concurrency: 4,
            pollerCapacity: 4,
            gate: HopGate { _ in },
            currentLane: { lanes.current }
        )
        let door = Door(lanes)
        let pollers = PollerThreads(port: port, minimum: 3, maximum: 3, delegate: door)
        try pollers.start()
        #expect(pollers.all.map(\.number) == [1, 2, 3])
        // Two leave, and come no further than to the door.
        try pollers.resize(minimum: 1, maximum: 3)
        try pollers.resize(minimum: 3, maximum: 3)
        #expect(pollers.all.map(\.number) == [1, 2, 3])
        #expect(pollers.all.count { $0.leaves } == 2)
        door.open()
        door.awaitStarts(5)
        #expect(pollers.all.allSatisfy { (1...3).contains($0.number) })
        pollers.stop()
        #expect(pollers.join(until: Instant.now.advanced(by: .seconds(240))) == [])
    }
}

/// Lets pollers end when it is open, and counts those that have started.
private final class Door: PollerDelegate {
    private let lanes: Lanes
    private let isOpen = Atomic(false)
    private let starts = Atomic(0)
    private let started = Parker()

    init(_ lanes: Lanes) {
        self.lanes = lanes
    }

    func open() { isOpen.store(true, ordering: .releasing) }

    func awaitStarts(_ count: Int) {
        let deadline = Instant.now.advanced(by: .seconds(240))
        while starts.load(ordering: .acquiring) < count, Instant.now < deadline {
            started.park(timeout: deadline.duration(since: .now))
        }
        #expect(starts.load(ordering: .acquiring) == count)
    }

    func makeLane(kind: ThreadLane.Kind, number: Int) -> ThreadLane {
        lanes.make(kind: kind, number: number)
    }

    func pollerStarted(_ poller: Poller) {
        lanes.adopt(poller.lane)
        starts.add(1, ordering: .acquiringAndReleasing)
        started.unpark()
    }

    func pollerDismissed(_ poller: Poller, _ reason: String) {}
    func pollerFailedToStart(_ poller: Poller, _ reason: String) {
        Issue.record("poller-\(poller.number) could not be created: \(reason)")
    }
    func taken(_ batch: [OperationReference], on poller: Poller) {}

    func deliver(_ operation: OperationReference, on poller: Poller) {}
    func delivered(on poller: Poller) {}

    func pollerEnded(_ poller: Poller) {
        while !isOpen.load(ordering: .acquiring) { CurrentThread.yieldProcessor() }
    }
}
