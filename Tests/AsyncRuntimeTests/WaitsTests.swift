// SPDX-License-Identifier: Apache-2.0

import Kernel
import Synchronization
import Telemetry
import Testing

@testable import AsyncRuntime

/// Numbers of machines, in the order in which they began.
private final class Numbers: Sendable {
    private let numbers = Lock<[Int]>([])

    var all: [Int] { numbers.withLock { $0 } }

    /// Adds the calling task's machine.
    func addOwn() {
        let own = Int(TaskLayout.identifier(TaskLayout.current))
        numbers.withLock { $0.append(own) }
    }

    /// Sleeps until it is cancelled.
    func linger(_ runtime: Runtime) async throws {
        addOwn()
        try await runtime.sleep(for: .seconds(600))
    }
}

/// Tasks that get to know each other.
private final class Tasks: Sendable {
    let all = Lock<[Task<Void, Never>]>([])
}

/// Who waits for whom, read out of tasks that live.
@Suite(.timeLimit(.minutes(5))) struct WaitsTests {
    private func waits(_ runtime: Runtime) -> Set<[Int]> {
        let waits = runtime.snapshot().detail?.states.waits.waits ?? []
        return Set(waits.map { [$0.waiter, $0.awaited, $0.isInGroup ? 1 : 0] })
    }

    @Test func `the layout is known`() {
        #expect(TaskWaiters.isKnown)
    }

    @Test func `all who await a task's value are told`() async throws {
        try await withRuntime { runtime in
            runtime.observe { _ in }
            let numbers = Numbers()
            let awaited = spawn(runtime) { try await numbers.linger(runtime) }
            try await eventually("the task runs", on: runtime) { !numbers.all.isEmpty }
            let waiters = (0..<3).map { _ in
                spawn(runtime) {
                    numbers.addOwn()
                    try await awaited.value
                }
            }
            try await eventually("three tasks await it", on: runtime) {
                let all = numbers.all
                return all.count == 4
                    && waits(runtime).isSuperset(of: all.dropFirst().map { [$0, all[0], 0] })
            }
            #expect(runtime.snapshot().detail?.states.waits.isKnown == true)
            // Not while one begins during the look.
            try await eventually("and these are all", on: runtime) {
                runtime.snapshot().detail?.states.waits.isAll == true
            }
            #expect(runtime.snapshot().diagnoses.allSatisfy { !$0.hasPrefix("Deadlock") })
            awaited.cancel()
            for waiter in waiters { _ = try? await waiter.value }
            try await eventually("nobody waits any more", on: runtime) {
                let all = numbers.all
                return waits(runtime).allSatisfy { $0[1] != all[0] }
            }
            runtime.observe(nil)
        }
    }

    @Test func `a parent that awaits its group, or an async let, is told`() async throws {
        try await withRuntime { runtime in
            runtime.observe { _ in }
            let numbers = Numbers()
            let task = spawn(runtime) {
                numbers.addOwn()
                try? await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<2 { group.addTask { try await numbers.linger(runtime) } }
                    try await group.waitForAll()
                }
                async let one: Void = numbers.linger(runtime)
                try await one
            }
            try await eventually("it awaits its group", on: runtime) {
                let all = numbers.all
                return all.count == 3
                    && waits(runtime).isSuperset(of: all[1...].map { [all[0], $0, 1] })
            }
            let parent = numbers.all[0]
            let children = Set(numbers.all[1...])
            for number in children {
                try runtime.apply(.cancelOperation(machine: number))
            }
            try await eventually("it awaits its async let", on: runtime) {
                let all = numbers.all
                return all.count == 4 && waits(runtime).contains([parent, all[3], 0])
                    && waits(runtime).allSatisfy { !children.contains($0[1]) }
            }
            let last = numbers.all[3]
            try runtime.apply(.cancelOperation(machine: last))
            _ = try? await task.value
            runtime.observe(nil)
        }
    }

    @Test func `tasks that await each other are found and named`() async throws {
        // They never end, and stay behind.
        let runtime = try Runtime()
        defer {
            runtime.shutdown()
            // Reading symbols may take longer than that, and a sanitizer counts the threads at the end.
            let patience = Instant.now.advanced(by: .seconds(120))
            _ = runtime.sampler.parts.states.symbols.stop(until: patience)
        }
        runtime.observe { _ in }
        let tasks = Tasks()
        let numbers = Numbers()
        for index in 0..<2 {
            let task = Task(executorPreference: runtime.executor) {
                numbers.addOwn()
                while tasks.all.withLock({ $0.count }) < 2 {
                    try? await runtime.sleep(for: .milliseconds(1))
                }
                await tasks.all.withLock { $0[1 - index] }.value
            }
            tasks.all.withLock { $0.append(task) }
        }
        let deadline = Instant.now.advanced(by: .seconds(60))
        var found: [String] = []
        while found.isEmpty {
            try #require(Instant.now < deadline, "No cycle was found.")
            found = runtime.snapshot().diagnoses.filter { $0.hasPrefix("Deadlock: tasks") }
            await Task.yield()
        }
        let all = numbers.all.sorted()
        let sentence = try #require(found.first)
        #expect(found.count == 1 && all.count == 2)
        #expect(sentence.contains("#\(all[0])") && sentence.contains("-> #\(all[1])"))
        #expect(sentence.hasSuffix("-> #\(all[0])"))
    }
}
