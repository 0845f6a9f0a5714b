// SPDX-License-Identifier: Apache-2.0

import AsyncRuntime
import Kernel
import Telemetry
import Testing

/// Awaits in the ways that a function can; nothing outside of this file knows it.
private func lingersInManyWays(_ runtime: Runtime, _ way: Int) async throws {
    switch way {
    case 0: try await runtime.sleep(for: .seconds(600))
    case 1:
        for _ in 0..<3 {
            try await runtime.sleep(for: .seconds(600))
        }
    case 2:
        do {
            try await fails(runtime)
        } catch is Refusal {
            try await runtime.sleep(for: .seconds(600))
        }
    default:
        try await lingersInside(runtime)
    }
}

private struct Refusal: Error {}

private func fails(_ runtime: Runtime) async throws {
    try await runtime.sleep(for: .milliseconds(1))
    throw Refusal()
}

private func lingersInside(_ runtime: Runtime) async throws {
    try await runtime.sleep(for: .seconds(600))
}

/// Where the function above awaits, by the way that it is asked to go.
private let lines = [0: 11, 1: 14, 2: 20, 3: 23]
private let insideLine = 35

#if THREAD_SANITIZER
/// Reading the symbols of the tests takes minutes there, and concerns one thread.
private let canReadSymbols = false
#else
private let canReadSymbols = true
#endif

/// What the snapshots say of the compiler's states.
@Suite(.enabled(if: canReadSymbols)) struct StateTests {
    @Test func `machines are counted at the lines where they are suspended`() async throws {
        try await withRuntime { runtime in
            runtime.observe { _ in }
            var tasks: [Task<Void, any Error>] = []
            for way in 0..<4 {
                for _ in 0...way {
                    tasks.append(spawn(runtime) { try await lingersInManyWays(runtime, way) })
                }
            }
            try await symbolsAreRead(runtime)
            try await eventually("all machines are suspended", on: runtime) {
                seen("lingersInManyWays", of: runtime)?.machines == 10
                    && seen("fails", of: runtime)?.machines == 0
            }
            let states = try #require(runtime.snapshot().detail?.states)
            #expect(states.missing.isEmpty)
            let graph = try #require(states.graphs.first { $0.function == "lingersInManyWays" })
            #expect(graph.line == 9)
            #expect(graph.file.hasSuffix("/StateTests.swift"))
            for (way, line) in lines {
                let there = graph.states.filter { $0.line == line }
                #expect(there.reduce(0) { $0 + $1.machines } == way + 1, "\(there)")
                for state in there {
                    #expect(state.name.hasPrefix("TQ") || state.name.hasPrefix("TY"))
                }
            }
            // Who is suspended in a function is suspended in those that await it as well.
            let inside = try #require(states.graphs.first { $0.function == "lingersInside" })
            #expect(inside.states.filter { $0.machines > 0 }.map(\.line) == [insideLine])
            #expect(inside.machines == 4)
            // Those that were refused have been in a state before.
            let entered = graph.arrows.filter { $0.from == RuntimeSnapshot.StateGraph.start }
            #expect(entered.reduce(0) { $0 + $1.count } == 10, "\(graph)")
            let onward = graph.arrows.filter { $0.from >= 0 && $0.to >= 0 && $0.from != $0.to }
            #expect(onward.reduce(0) { $0 + $1.count } == 3, "\(graph)")
            for task in tasks { task.cancel() }
            for task in tasks { _ = try? await task.value }
            // A task's value is there a moment before its machine is seen to have ended.
            try await eventually("all have left the function", on: runtime) {
                let end = seen("lingersInManyWays", of: runtime)
                let left = end?.arrows.filter { $0.to == RuntimeSnapshot.StateGraph.done }
                return end?.machines == 0 && left?.reduce(0) { $0 + $1.count } == 10
            }
            runtime.observe(nil)
        }
    }

    @Test func `a machine's frames, parent, priority and story are known`() async throws {
        try await withRuntime { runtime in
            runtime.observe { _ in }
            let task = Task(executorPreference: runtime.executor, priority: .high) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await lingersInside(runtime) }
                    try await group.waitForAll()
                }
            }
            try await symbolsAreRead(runtime)
            try await eventually("the child lingers", on: runtime) {
                seen("lingersInside", of: runtime)?.machines == 1
            }
            let detail = try #require(runtime.snapshot().detail)
            let chains = detail.states.chains
            let child = try #require(
                detail.machines.first { row in
                    row.context.chain.map { chains[$0].frames } ?? [] != []
                        && row.context.origin == .group
                }
            )
            let frames = chains[child.context.chain ?? 0].frames
            let frame = try #require(frames.first { $0.function == "lingersInside" })
            #expect(frame.location == "StateTests.swift:\(insideLine)")
            #expect(!frame.state.isEmpty)
            #expect(!child.context.isOfLastRun)
            #expect(detail.states.tellingFrame(ofChain: child.context.chain) == frame)
            #expect(child.context.isCancelled == false)
            // `TaskPriority.high`.
            #expect(child.context.priority == 25)
            let parent = try #require(
                detail.machines.first { $0.number == child.context.parent }
            )
            #expect(parent.state == "suspended")
            // It has awaited no operation: its function is known from the compiler's states alone.
            #expect(parent.function.contains("StateTests"), "\(parent.function)")
            // Where machines are counted by function, it is under that name, too.
            let functions = detail.functions
            #expect(functions.first { $0.function == parent.function }?.suspended == 1)
            #expect(!functions.contains { $0.function == "task" })
            #expect(parent.context.isOfLastRun)
            try runtime.apply(.watchMachines([child.number]))
            task.cancel()
            _ = try? await task.value
            try await eventually("the child has ended", on: runtime) {
                runtime.snapshot().detail?.states.stories.first?.steps.last?.state == "ended"
            }
            let story = try #require(runtime.snapshot().detail?.states.stories.first)
            #expect(story.machine == child.number)
            let steps = story.steps.map(\.state)
            #expect(steps == ["queued", "running", "ended"], "\(steps)")
            #expect(story.steps[1].thread.hasPrefix("worker-"))
            #expect(story.steps.map(\.placement) == ["", "worker", ""])
            runtime.observe(nil)
        }
    }

    private func seen(_ function: String, of runtime: Runtime) -> RuntimeSnapshot.StateGraph? {
        runtime.snapshot().detail?.states.graphs.first { $0.function == function }
    }

    private func symbolsAreRead(_ runtime: Runtime) async throws {
        let deadline = Instant.now.advanced(by: .seconds(240))
        while runtime.snapshot().detail?.states.missing != "" {
            try #require(Instant.now < deadline, "Symbols are still not read.")
            try await runtime.sleep(for: .milliseconds(20))
        }
    }
}
