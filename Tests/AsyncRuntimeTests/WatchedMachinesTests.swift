// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AsyncRuntime

/// Which machines have stories, and how long those are.
@Suite struct WatchedMachinesTests {
    private func step(_ at: UInt64) -> MachineStory.Step {
        MachineStory.Step(at: at, state: 1, thread: 0, chain: 0, afterNanoseconds: 1)
    }

    @Test func `none is watched, and nothing is told`() {
        let watched = WatchedMachines()
        #expect(!watched.isAny)
        #expect(!watched.mayBe(7))
        watched.tell(7) { $0.append(step(1)) }
        #expect(watched.all.isEmpty)
    }

    @Test func `stories go on while other machines come and go`() {
        let watched = WatchedMachines()
        watched.watch([7, 9], at: 1)
        watched.tell(7) { $0.append(step(2)) }
        watched.tell(9) { $0.append(step(3)) }
        watched.watch([8, 7], at: 4)
        #expect(watched.all.map(\.number) == [8, 7])
        #expect(watched.all.map(\.steps.count) == [0, 1])
        #expect(watched.all.map(\.since) == [4, 1])
        // A thread that was about to tell of the other machine.
        watched.tell(9) { $0.append(step(5)) }
        #expect(watched.all.map(\.steps.count) == [0, 1])
        watched.watch([], at: 5)
        #expect(!watched.isAny)
    }

    @Test func `no more are watched than there is room for, and each once`() {
        let watched = WatchedMachines()
        watched.watch([5, 5, 0, 1, 2, 3, 4], at: 1)
        #expect(watched.all.map(\.number) == [5, 1, 2, 3])
        #expect(!watched.mayBe(4))
    }

    @Test func `a machine whose number has the same last bits is no other`() {
        let watched = WatchedMachines()
        watched.watch([3], at: 1)
        #expect(watched.mayBe(3 + 64))
        watched.tell(3 + 64) { $0.append(step(1)) }
        #expect(watched.all[0].steps.isEmpty)
    }

    @Test func `a story keeps the newest steps and counts the others`() {
        let watched = WatchedMachines()
        watched.watch([3], at: 0)
        for at in 1...UInt64(MachineStory.limit + 5) { watched.tell(3) { $0.append(step(at)) } }
        let story = watched.all[0]
        #expect(story.steps.count == MachineStory.limit)
        #expect(story.steps.first?.at == 6)
        #expect(story.stepsBefore == 5)
    }
}
