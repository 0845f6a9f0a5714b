// SPDX-License-Identifier: Apache-2.0

import Telemetry
import Testing

@testable import AsyncRuntime

/// The sampler looks for machines beyond those that have rows otherwise.
@Suite(.timeLimit(.minutes(5)))
struct MachineSearchTests {
    @Test func `a filter reaches machines that would have no row`() async throws {
        let runtime = try Runtime()
        defer { runtime.shutdown(within: .seconds(120)) }
        runtime.observe { _ in }
        let tasks = (0..<600).map { _ in
            Task(executorPreference: runtime.executor) {
                try? await runtime.sleep(for: .seconds(600))
            }
        }
        defer { for task in tasks { task.cancel() } }
        while runtime.snapshot().port.timers < 600 { await Task.yield() }
        let all = try #require(runtime.snapshot().detail)
        #expect(all.machines.count == 256)
        #expect(all.search == nil)
        let shown = Set(all.machines.map(\.number))
        // Numbers of tasks go up, and other tests start tasks, too.
        let least = try #require(shown.min())
        let hidden = try #require(
            try (least..<least + 100_000).first { number in
                guard !shown.contains(number) else { return false }
                let filter = try MachineFilter(parsing: "id:\(number)")
                try runtime.apply(.searchMachines(.init(filter: filter)))
                return runtime.snapshot().machineNumbers == [number]
            }
        )
        let found = try #require(runtime.snapshot().detail)
        #expect(found.search?.matched == 1)
        #expect((found.search?.looked ?? 0) >= 600)
        // The pinned one has a row in addition.
        try runtime.apply(.searchMachines(.init(pinned: hidden)))
        let pinned = try #require(runtime.snapshot().detail)
        #expect(pinned.machines.count == 257)
        #expect(pinned.machines.contains { $0.number == hidden })
        // So has one that is watched.
        try runtime.apply(.searchMachines(.init()))
        try runtime.apply(.watchMachines([hidden]))
        let watched = try #require(runtime.snapshot().detail)
        #expect(watched.machines.count == 257)
        #expect(watched.machines.contains { $0.number == hidden })
    }
}

extension RuntimeSnapshot {
    fileprivate var machineNumbers: [Int] { detail?.machines.map(\.number) ?? [] }
}
