// SPDX-License-Identifier: Apache-2.0

import Kernel
import Synchronization
import Telemetry
import Testing

@testable import AsyncRuntime

/// Runs the jobs of an actor when it is told to.
private final class ManualExecutor: SerialExecutor {
    private let jobs = Lock<[UnownedJob]>([])

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
    }

    /// Returns whether there was one.
    func runOne() -> Bool {
        guard let job = jobs.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else { return false }
        unsafe job.runSynchronously(on: asUnownedSerialExecutor())
        return true
    }
}

/// Lets in who comes only when its executor is told to.
private actor Keeper {
    nonisolated let executor: ManualExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    init(_ executor: ManualExecutor) { self.executor = executor }

    func pass() {}

    /// Notes the task that runs.
    ///
    /// Called between two passes: with nothing to do there a task would not come back for it.
    nonisolated func note() {
        let number = TaskLayout.identifier(TaskLayout.current)
        latest.store(Int(number), ordering: .relaxed)
    }

    nonisolated let latest = Atomic(0)
}

/// A global, so that the closure below captures nothing.
///
/// It gives what it gives in memory, too, and might throw, as the tasks of generic code do. So no thunk
/// and no forwarder of the compiler's calls it: it is the outermost function itself.
private let keeper = Keeper(ManualExecutor())
private typealias PlainTask = Task<any Sendable, any Error>

private func begin(on executor: any TaskExecutor) -> PlainTask {
    PlainTask(executorPreference: executor) {
        await keeper.pass()
        keeper.note()
        await keeper.pass()
        keeper.note()
        return 0
    }
}

/// Keeps the first job, and hands on all others.
private final class BeginsHere: TaskExecutor {
    private let own = ProbeExecutor()
    private let other: any TaskExecutor
    private let hasBegun = Atomic(false)

    init(thenOn other: any TaskExecutor) { self.other = other }

    func enqueue(_ job: consuming ExecutorJob) {
        let isFirst = !hasBegun.exchange(true, ordering: .relaxed)
        if isFirst { own.enqueue(job) } else { other.enqueue(job) }
    }

    func runFirst() {
        guard let job = own.take() else { return }
        unsafe job.runSynchronously(on: asUnownedTaskExecutor())
    }
}

/// A task that begins is told from one that has begun elsewhere.
@Suite(.serialized, .timeLimit(.minutes(5))) struct TaskBeginningTests {
    @Test func `a task that comes back in its outermost function is not new`() async throws {
        let own = ProbeExecutor()
        var entries: [UInt] = []
        var starts: [UInt] = []
        func runOne() -> Bool {
            guard let job = own.take() else { return false }
            let bits = unsafe unsafeBitCast(job, to: UInt.self)
            entries.append(TaskLayout.entry(bits))
            starts.append(TaskLayout.startFunction(bits))
            own.run(job)
            return true
        }
        let task = begin(on: own)
        while runOne() || keeper.executor.runOne() {}
        _ = try await task.value
        #expect(entries.count == 3)
        #expect(entries.first == starts.first && entries.first != 0)
        #expect(entries.dropFirst().allSatisfy { $0 == 0 }, "\(entries)")
        #expect(Set(starts).count == 1)
    }

    @Test(arguments: [true, false])
    func `a task that began elsewhere is in the state in which it came`(hasRow: Bool) async throws {
        try await withRuntime { runtime in
            runtime.observe { _ in }
            let begun = runtime.snapshot().machines.started
            if !hasRow { runtime.contexts.current.rowBudget = RowBudget(rows: 0, filledAt: .max) }
            // Comes to the runtime, for the first time, in the function that it began with.
            let elsewhere = BeginsHere(thenOn: runtime.executor)
            let task = begin(on: elsewhere)
            elsewhere.runFirst()
            #expect(runtime.snapshot().machines.started == begun)
            #expect(keeper.executor.runOne())
            if !hasRow { runtime.contexts.current.rowBudget = RowBudget() }
            try await eventually("it awaits the keeper again", on: runtime) {
                latestRow(in: runtime)?.state == "suspended"
            }
            let found = try #require(latestRow(in: runtime))
            let chain = try #require(found.context.chain)
            let captures = runtime.registry.chains.allChains
            #expect(!captures[chain].isStart)
            #expect(captures[chain].all.first != captures[found.context.startChain ?? 0].all.first)
            #expect(captures[found.context.startChain ?? 0].isStart)
            while !keeper.executor.runOne() { try await runtime.sleep(for: .milliseconds(1)) }
            _ = try await task.value
            runtime.observe(nil)
        }
    }

    /// The machine that the keeper has noted last.
    private func latestRow(in runtime: Runtime) -> RuntimeSnapshot.MachineRow? {
        runtime.snapshot().detail?.machines
            .first { $0.number == keeper.latest.load(ordering: .relaxed) }
    }
}
