// SPDX-License-Identifier: Apache-2.0

import Kernel
import Synchronization
import Telemetry
import Testing

@testable import AsyncRuntime

/// Suspends whoever comes, until all may go on.
private actor Barrier {
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var isOpen = false
    nonisolated let visits = Atomic<Int>(0)

    func look() -> Bool { isOpen }

    func pass() async {
        visits.add(1, ordering: .relaxed)
        guard !isOpen else { return }
        await withCheckedContinuation { waiting.append($0) }
    }

    func open() {
        isOpen = true
        for continuation in waiting { continuation.resume() }
        waiting = []
    }
}

private struct Refusal: Error {}

private func refuse() async throws { throw Refusal() }

/// Each machine begins once and ends once, whatever kind of task it is.
///
/// That the counts are even at the end, `withRuntime` looks for every test.
@Suite(.timeLimit(.minutes(5))) struct MachineEndTests {
    @Test func `tasks of every kind are counted once, and leave`() async throws {
        try await withRuntime { runtime in
            let before = runtime.snapshot().machines.started
            let barrier = Barrier()
            await barrier.open()
            for round in 0..<50 {
                async let plain = barrier.look()
                async let sleeper: Void = runtime.sleep(for: .microseconds(10))
                async let refused: Void = refuse()
                #expect(await plain)
                try await sleeper
                var isRefused = false
                do { try await refused } catch { isRefused = error is Refusal }
                #expect(isRefused)
                await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<3 {
                        group.addTask {
                            await Task.yield()
                            await barrier.pass()
                            return round
                        }
                    }
                    group.addTask { throw Refusal() }
                    while let result = await group.nextResult() {
                        if case .success(let value) = result { #expect(value == round) }
                    }
                }
                let text = try await spawn(runtime) { "\(round)" }.value
                #expect(text == "\(round)")
                await withDiscardingTaskGroup { group in
                    for _ in 0..<3 { group.addTask { await barrier.pass() } }
                }
                // Begins to run here, and is seen when it comes back: it is suspended once this call
                // has returned, so that it does come back.
                let held = Mutex<CheckedContinuation<Void, Never>?>(nil)
                let immediate = Task.immediate(executorPreference: runtime.executor) {
                    await withCheckedContinuation { continuation in
                        held.withLock { $0 = continuation }
                    }
                }
                held.withLock { $0 }?.resume()
                await immediate.value
            }
            // A value is there a moment before its task is seen to have ended.
            try await eventually("all but this one have ended", on: runtime) {
                let machines = runtime.snapshot().machines
                return machines.inFlight == 1 && machines.started - before == 50 * 12
            }
        }
    }

    @Test func `a child of async let stays one machine through waits of all kinds`() async throws {
        try await withRuntime { runtime in
            runtime.observe { _ in }
            let barrier = Barrier()
            let before = runtime.snapshot().machines.started
            async let child: Void = {
                try await runtime.sleep(for: .milliseconds(1))
                await barrier.pass()
                try await runtime.sleep(for: .milliseconds(1))
            }()
            func row() -> RuntimeSnapshot.MachineRow? {
                runtime.snapshot().detail?.machines.first { $0.context.origin == .asyncLet }
            }
            try await eventually("the child waits for an actor", on: runtime) {
                row()?.state == "suspended"
            }
            let waiting = try #require(row())
            #expect(waiting.context.isCancelled == false)
            #expect(runtime.snapshot().machines.finished == 0)
            await barrier.open()
            try await child
            try await eventually("it has ended", on: runtime) {
                runtime.snapshot().machines.finished == 1
            }
            #expect(runtime.snapshot().machines.started - before == 1)
            runtime.observe(nil)
        }
    }

    @Test func `without rows machines are counted, and get slots when they wait`() async throws {
        var configuration = RuntimeConfiguration()
        configuration.workers = 1...1
        let runtime = try Runtime(configuration)
        defer { runtime.shutdown(within: .seconds(120)) }
        let count = 1000
        let barrier = Barrier()
        let tasks = try await spawn(runtime) {
            // The only worker has no rows, and time brings none.
            runtime.contexts.current.rowBudget = RowBudget(rows: 0, filledAt: .max)
            return (0..<count).map { _ in
                spawn(runtime) {
                    await Task.yield()
                    await barrier.pass()
                    try await runtime.sleep(for: .seconds(600))
                }
            }
        }.value
        try await eventually("all have come to the barrier", on: runtime) {
            let visits = barrier.visits.load(ordering: .relaxed)
            let machines = runtime.snapshot().machines
            return visits == count && machines.inFlight == count && machines.onlyCounted == count
        }
        // By a task of the runtime: this one, which is none, could leave the actor on a thread of the
        // runtime, and be seen there.
        _ = try await spawn(runtime) { await barrier.open() }.value
        try await eventually("all wait", on: runtime) {
            let snapshot = runtime.snapshot()
            return snapshot.port.timers == count && snapshot.machines.inFlight == count
                && snapshot.machines.onlyCounted == 0
        }
        for task in tasks { task.cancel() }
        for task in tasks { _ = try? await task.value }
        try await eventually("all have ended", on: runtime) {
            runtime.snapshot().machines.inFlight == 0
        }
        #expect(runtime.snapshot().operations.balances)
    }

    @Test func `a machine that goes to another runtime leaves the first`() async throws {
        try await withRuntime { first in
            first.observe { _ in }
            try await withRuntime { second in
                let number = Atomic(0)
                let isWatched = Atomic(false)
                let task = Task(executorPreference: first.executor) {
                    let identifier = TaskLayout.identifier(TaskLayout.current)
                    number.store(Int(identifier), ordering: .relaxed)
                    while !isWatched.load(ordering: .relaxed) {
                        try? await first.sleep(for: .milliseconds(1))
                    }
                    await withTaskExecutorPreference(second.executor) {
                        await Task.yield()
                        try? await second.sleep(for: .milliseconds(1))
                    }
                }
                try await eventually("it runs on the first", on: second) {
                    number.load(ordering: .relaxed) != 0
                }
                let watched = number.load(ordering: .relaxed)
                try first.apply(.watchMachines([watched]))
                isWatched.store(true, ordering: .relaxed)
                await task.value
                // Its story there does not say that it has ended: it went on elsewhere.
                let steps = first.snapshot().detail?.states.stories.first { $0.machine == watched }?
                    .steps.map(\.state)
                #expect(steps?.contains("left") == true, "\(steps ?? [])")
                try await eventually("it has ended", on: second) {
                    second.snapshot().machines.inFlight == 1
                        && first.snapshot().machines.inFlight == 1
                }
                // The one that waits for this closure, and not one that has gone.
                try await eventually("one is suspended", on: second) {
                    let functions = first.snapshot().detail?.functions ?? []
                    return functions.reduce(0) { $0 + $1.suspended } == 1
                }
            }
            first.observe(nil)
        }
    }
}
