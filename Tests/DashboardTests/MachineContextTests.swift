// SPDX-License-Identifier: Apache-2.0

import Telemetry
import Testing

@testable import Dashboard

/// What the detail of a machine says of its context, and which machines' stories are kept for it.
@Suite struct MachineContextTests {
    private func opened(_ snapshot: RuntimeSnapshot = MachineSample.told) -> Model {
        var model = MachineSample.model(
            120,
            60,
            keys: [.character("4"), .character("G"), .enter]
        )
        _ = update(&model, .snapshot(snapshot))
        return model
    }

    private func text(_ model: Model) -> String { view(model).lines.joined(separator: "\n") }

    @Test func `a machine's children, task-local values and steps are told`() {
        let screen = text(opened())
        #expect(screen.contains("begun since 03:10: 12 in groups (10 done), 4 by async let"))
        #expect(screen.contains("order = 17 "))
        #expect(screen.contains("customer = nil  default, nothing is bound"))
        #expect(screen.contains("as its thread read them at 03:19"))
        #expect(screen.contains("story since 03:10, newest first"))
        #expect(screen.contains("70 steps before"))
        #expect(screen.contains("a task group of #1"))
        #expect(screen.contains("no; comes down from #1"), "\(screen)")
        // The story names the state of the user's function, not the one it awaits in the end.
        #expect(screen.contains("placed worker TQ0 serve"), "\(screen)")
        #expect(screen.contains("Server.swift:2"))
    }

    @Test func `what is not known yet is said to be`() {
        var snapshot = MachineSample.told
        snapshot.detail?.states.stories = []
        let screen = text(opened(snapshot))
        #expect(screen.contains("order, customer"))
        #expect(screen.contains("read when it next awaits an operation or makes a task"))
        #expect(!screen.contains("has not returned"))
        snapshot.detail?.states.describesForMicroseconds = 4_200_000
        #expect(text(opened(snapshot)).contains("a value has not returned for 4.2s"))
        snapshot.detail?.states.taskLocals = []
        #expect(text(opened(snapshot)).contains("Runtime.showTaskLocal names them"))
    }

    @Test func `what is open stays whole while a filter hides its row`() {
        var model = MachineSample.model(120, 60, keys: [.character("4")])
        for key in "/fn:task" { _ = update(&model, .key(.character(key))) }
        for key in [Key.enter, .end, .enter] { _ = update(&model, .key(key)) }
        var snapshot = MachineSample.told
        snapshot.detail?.machines[2].function = "elsewhere"
        _ = update(&model, .snapshot(snapshot))
        #expect(text(model).contains("State machine #3"))
        #expect(text(model).contains("elsewhere") && !text(model).contains("Seen last"))
    }

    @Test func `that a watched machine has ended is known from its story`() {
        var model = opened()
        var detail: RuntimeSnapshot? = MachineSample.told
        detail?.detail?.machines.removeAll()
        var last = RuntimeSnapshot.Story.Step(
            elapsedSeconds: 200,
            state: "ended",
            thread: "worker-1",
            chain: nil,
            afterMicroseconds: 1
        )
        detail?.elapsedSeconds = 202
        detail?.machines.inFlight = 400
        if let gone = detail { _ = update(&model, .snapshot(gone)) }
        #expect(text(model).contains("It has ended, or is not among"))
        detail?.detail?.states.stories[0].steps.append(last)
        detail?.elapsedSeconds = 203
        if let gone = detail { _ = update(&model, .snapshot(gone)) }
        #expect(text(model).contains("It has ended. Seen last"), "\(text(model))")
        // To another runtime that was.
        last.state = "left"
        detail?.detail?.states.stories[0].steps.append(last)
        detail?.elapsedSeconds = 204
        if let gone = detail { _ = update(&model, .snapshot(gone)) }
        #expect(text(model).contains("It has left for another runtime. Seen last"))
        #expect(text(model).contains("by worker-1   for another runtime"), "\(text(model))")
    }

    @Test func `what an await has captured is said in words, and where it goes on`() {
        func sentence(
            _ capture: RuntimeSnapshot.Capture?,
            on scheduler: String = ""
        ) -> String {
            var row = MachineSample.told.detail?.machines[2]
            row?.context.capture = capture
            row?.context.scheduler = scheduler
            return row.map { CaptureSentence(row: $0).text } ?? ""
        }
        let context = sentence(MachineSample.capture("context"))
        #expect(context.contains("the synchronization context, where its await began"))
        #expect(context.contains("on its thread, context-ui"))
        #expect(sentence(MachineSample.capture("")).contains("placement decides"))
        let group = sentence(MachineSample.capture("", isOfOperation: false))
        #expect(group.contains("any other thread queues it"))
        let last = sentence(MachineSample.capture("limited", isOfOperation: false))
        #expect(last.contains("the limited scheduler, where it ran last"))
        let anywhere = sentence(MachineSample.capture("dedicated", isAnywhere: true))
        #expect(anywhere.contains("does not hold: the await asked to go on anywhere"))
        let left = sentence(MachineSample.capture("context", isLeft: true))
        #expect(left.contains("does not hold: the placement is another by now"))
        #expect(sentence(nil).contains("captures nothing"))
        #expect(sentence(nil, on: "context").contains("captures the synchronization context"))
    }

    @Test func `what is open, chosen or followed is watched, each once`() {
        var model = MachineSample.model(120, 36, keys: [.character("4")])
        #expect(model.watchedMachines == [])
        #expect(update(&model, .key(.character("G"))) == [.command(.watchMachines([3]))])
        #expect(update(&model, .key(.enter)) == [])
        _ = update(&model, .key(.escape))
        let pinned = update(&model, .key(.character("F")))
        #expect(pinned == [.command(.searchMachines(MachineSearch(pinned: 3)))])
        // The cursor moves on: both are watched.
        let moved = update(&model, .key(.character("k")))
        #expect(moved == [.command(.watchMachines([2, 3]))])
        var snapshot = MachineSample.told
        snapshot.detail?.tempo.followed = RuntimeSnapshot.FollowedMachine(number: 1)
        #expect(update(&model, .snapshot(snapshot)) == [.command(.watchMachines([2, 3, 1]))])
        // In the forest the chosen one is that of the forest.
        let m = Key.character("m")
        for key in [m, m, m, .home] { _ = update(&model, .key(key)) }
        #expect(model.watchedMachines == [1, 3])
    }
}
