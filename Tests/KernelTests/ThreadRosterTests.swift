// SPDX-License-Identifier: Apache-2.0

import Kernel
import Synchronization
import TestSupport
import Testing

/// Serialized: the process's threads are looked at.
@Suite(.serialized) struct ThreadRosterTests {
    @Test func `threads carry their names in the process table`() throws {
        let roster = ThreadRoster()
        let stage = Stage()
        try roster.start(name: "poller-907") { stage.hold() }
        try roster.start(name: "a-name-of-over-fifteen-bytes") { stage.hold() }
        try eventually("both threads show their names") {
            let names = ProcessStatus.threadNames
            return names.contains("poller-907") && names.contains("a-name-of-over-")
        }
        stage.open()
        #expect(roster.join(until: .distantFuture) == [])
        #expect(!ProcessStatus.threadNames.contains("poller-907"))
    }

    @Test func `a thread still held at the deadline is named`() throws {
        let roster = ThreadRoster()
        let stage = Stage()
        try roster.start(name: "quick") {}
        try roster.start(name: "held-b") { stage.hold() }
        try roster.start(name: "held-a") { stage.hold() }
        // The third one is joined as soon as it has ended.
        try eventually("those that are held are left") {
            roster.join(until: Instant.now.advanced(by: .milliseconds(20))) == ["held-a", "held-b"]
        }
        stage.open()
        #expect(roster.join(until: Instant.now.advanced(by: .seconds(60))) == [])
        #expect(!ProcessStatus.threadNames.contains { $0.hasPrefix("held-") })
    }

    @Test func `each thread is joined once, by whoever comes first`() throws {
        let roster = ThreadRoster()
        let ran = Stage()
        for _ in 0..<200 {
            try roster.start(name: "brief") { ran.count.wrappingAdd(1, ordering: .relaxed) }
            roster.joinEnded()
        }
        try eventually("all threads have run") { ran.count.load(ordering: .relaxed) == 200 }
        try onThreads(2) { _ in roster.joinEnded() }
        #expect(roster.join(until: Instant.now.advanced(by: .seconds(60))) == [])
        #expect(roster.join(until: .now) == [])
        #expect(!ProcessStatus.threadNames.contains("brief"))
    }

    @Test func `a joined thread's work is visible`() throws {
        let thread = try KernelThread(name: "writer", stackBytes: 1 << 17) {}
        #expect(thread.join(timeout: .seconds(60)))
    }

    @Test func `a thread has a number of its own`() throws {
        let box = NumberBox()
        try onThreads(8) { _ in
            let number = ThreadLocal.number
            box.numbers.withLock { _ = $0.insert(number) }
        }
        #expect(box.count == 8)
        #expect(ThreadLocal.number == ThreadLocal.number)
    }
}

private final class NumberBox: Sendable {
    let numbers = Lock<Set<UInt32>>([])

    var count: Int { numbers.withLock { $0.count } }
}

/// Holds threads until it is opened.
private final class Stage: Sendable {
    private let word = Atomic<UInt32>(0)
    let count = Atomic<Int>(0)

    func hold() {
        while word.load(ordering: .acquiring) == 0 { Futex.wait(word, while: 0) }
    }

    func open() {
        word.store(1, ordering: .releasing)
        Futex.wake(word, count: .max)
    }
}
