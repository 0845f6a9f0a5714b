// SPDX-License-Identifier: Apache-2.0

import Kernel
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import AsyncRuntime

private enum Errand {
    @TaskLocal static var name = "nobody's"
    @TaskLocal static var weight = 0
    @TaskLocal static var shy: Shy?
    @TaskLocal static var slow: Slow?
}

/// Counts how often somebody makes a text of it.
private struct Shy: CustomStringConvertible {
    static let looks = Atomic(0)

    var description: String {
        Shy.looks.wrappingAdd(1, ordering: .relaxed)
        return String(repeating: "long ", count: 100)
    }
}

/// Waits in the middle of its description.
private struct Slow: CustomStringConvertible {
    static let mayGoOn = Atomic(false)
    static let thread = Lock("")

    var description: String {
        Slow.thread.withLock { $0 = CurrentThread.name }
        while !Slow.mayGoOn.load(ordering: .relaxed) { CurrentThread.yieldProcessor() }
        return "at last"
    }
}

private enum Family {
    static let isWatched = Atomic(false)
}

/// Has itself read once more whenever it is described.
private final class Restless: CustomStringConvertible, Sendable {
    private let locals: ShownTaskLocals
    let looks = Atomic(0)

    init(_ locals: ShownTaskLocals) { self.locals = locals }

    var description: String {
        looks.wrappingAdd(1, ordering: .relaxed)
        locals.read(of: 1)
        return "restless"
    }
}

/// What is known of a machine only while it is watched.
@Suite(.serialized, .timeLimit(.minutes(5))) struct WatchingTests {
    /// The number of the calling task's machine.
    private static var ownNumber: Int {
        Int(TaskLayout.identifier(TaskLayout.current))
    }

    private func story(of number: Int, _ runtime: Runtime) -> RuntimeSnapshot.Story? {
        runtime.snapshot().detail?.states.stories.first { $0.machine == number }
    }

    @Test func `a watched machine's own thread reads its task-local values`() async throws {
        try await withRuntime { runtime in
            runtime.observe { _ in }
            #expect(runtime.showTaskLocal(Errand.$name, as: "errand"))
            #expect(runtime.showTaskLocal(Errand.$weight, as: "weight"))
            let number = Atomic(0)
            let task = Errand.$name.withValue("fetch milk") {
                spawn(runtime) {
                    number.store(Self.ownNumber, ordering: .relaxed)
                    while !Task.isCancelled { try await runtime.sleep(for: .milliseconds(1)) }
                }
            }
            try await eventually("the task runs", on: runtime) {
                number.load(ordering: .relaxed) != 0
            }
            let watched = number.load(ordering: .relaxed)
            try runtime.apply(.watchMachines([watched]))
            try await eventually("its values are read", on: runtime) {
                story(of: watched, runtime)?.localsSeconds != nil
            }
            let locals = story(of: watched, runtime)?.locals
            #expect(
                locals == [
                    .init(name: "errand", text: "fetch milk", isBound: true),
                    .init(name: "weight", text: "0", isBound: false),
                ]
            )
            #expect(runtime.snapshot().detail?.states.taskLocals == ["errand", "weight"])
            runtime.forgetTaskLocals()
            #expect(runtime.snapshot().detail?.states.taskLocals == [])
            task.cancel()
            _ = try? await task.value
            runtime.observe(nil)
        }
    }

    @Test func `nobody asks the values of a machine that is not watched`() async throws {
        try await withRuntime { runtime in
            runtime.observe { _ in }
            runtime.showTaskLocal(Errand.$shy, as: "shy")
            Shy.looks.store(0, ordering: .relaxed)
            let number = Atomic(0)
            let rounds = Atomic(0)
            let task = Errand.$shy.withValue(Shy()) {
                spawn(runtime) {
                    number.store(Self.ownNumber, ordering: .relaxed)
                    while !Task.isCancelled {
                        rounds.wrappingAdd(1, ordering: .relaxed)
                        try await runtime.sleep(for: .milliseconds(1))
                    }
                }
            }
            try await eventually("it has awaited often", on: runtime) {
                rounds.load(ordering: .relaxed) > 20
            }
            // Another one is, whose number has the same last bits.
            let watched = number.load(ordering: .relaxed)
            try runtime.apply(.watchMachines([watched + 64]))
            let before = rounds.load(ordering: .relaxed)
            try await eventually("it has awaited often again", on: runtime) {
                rounds.load(ordering: .relaxed) > before + 20
            }
            #expect(Shy.looks.load(ordering: .relaxed) == 0)
            try runtime.apply(.watchMachines([watched]))
            try await eventually("its values are read", on: runtime) {
                story(of: watched, runtime)?.localsSeconds != nil
            }
            #expect(Shy.looks.load(ordering: .relaxed) > 0)
            let text = story(of: watched, runtime)?.locals.first?.text
            #expect(text?.count == LocalTexts.limit)
            task.cancel()
            _ = try? await task.value
            runtime.observe(nil)
        }
    }

    @Test func `a description that does not return holds no task and no snapshot`() async throws {
        try await withRuntime(workers: 1) { runtime in
            runtime.observe { _ in }
            runtime.showTaskLocal(Errand.$slow, as: "slow")
            defer { Slow.mayGoOn.store(true, ordering: .relaxed) }
            let number = Atomic(0)
            let rounds = Atomic(0)
            let task = Errand.$slow.withValue(Slow()) {
                spawn(runtime) {
                    number.store(Self.ownNumber, ordering: .relaxed)
                    while !Task.isCancelled {
                        rounds.wrappingAdd(1, ordering: .relaxed)
                        try await runtime.sleep(for: .milliseconds(1))
                    }
                }
            }
            try await eventually("the task runs", on: runtime) {
                number.load(ordering: .relaxed) != 0
            }
            let watched = number.load(ordering: .relaxed)
            try runtime.apply(.watchMachines([watched]))
            try await eventually("its value is being described", on: runtime) {
                runtime.snapshot().detail?.states.describesForMicroseconds != nil
                    && Slow.thread.withLock { $0 } == "task-locals"
            }
            let before = rounds.load(ordering: .relaxed)
            try await eventually("it goes on meanwhile", on: runtime) {
                rounds.load(ordering: .relaxed) > before + 20
            }
            #expect(story(of: watched, runtime)?.localsSeconds == nil)
            Slow.mayGoOn.store(true, ordering: .relaxed)
            try await eventually("it has been described", on: runtime) {
                story(of: watched, runtime)?.locals.first?.text == "Optional(at last)"
            }
            task.cancel()
            _ = try? await task.value
            runtime.observe(nil)
        }
    }

    @Test func `there is room for so many names`() {
        let locals = ShownTaskLocals()
        let many = (0...ShownTaskLocals.limit).map { TaskLocal(wrappedValue: $0) }
        let shown = many.map { locals.show($0, as: "a number") }
        #expect(shown.dropLast().allSatisfy(\.self) && shown.last == false)
        // One that is known has its name changed.
        #expect(locals.show(many[0], as: "the first"))
        #expect(locals.names.first == "the first")
        locals.read(of: 1)
        let first = locals.takeNew(of: 1)?.values.first
        #expect(first?.name == "the first" && first?.isBound == false)
        #expect(first?.describe() == "0")
        #expect(!locals.haveNew)
        locals.read(of: 1)
        locals.forgetAll()
        #expect(!locals.haveNew)
        locals.read(of: 1)
        #expect(locals.takeNew(of: 1)?.values.isEmpty == true)
    }

    @Test func `values that are read while others become text wait for the next look`() throws {
        let locals = ShownTaskLocals()
        let restless = Restless(locals)
        let local = TaskLocal(wrappedValue: restless)
        #expect(locals.show(local, as: "restless"))
        let texts = LocalTexts(of: locals)
        locals.read(of: 1)
        _ = texts.look(at: [1])
        try eventually("it is described") { restless.looks.load(ordering: .relaxed) > 0 }
        #expect(texts.stop(until: Instant.now.advanced(by: .seconds(60))) == [])
        #expect(locals.haveNew)
    }

    @Test func `the children of a watched machine are counted`() async throws {
        try await withRuntime { runtime in
            runtime.observe { _ in }
            let number = Atomic(0)
            Family.isWatched.store(false, ordering: .relaxed)
            let isDone = Atomic(false)
            let task = spawn(runtime) {
                // Begins before it is watched, and ends when it is: it is none of those counted.
                async let earlier: Void = {
                    while !Family.isWatched.load(ordering: .relaxed) {
                        try await runtime.sleep(for: .milliseconds(1))
                    }
                }()
                try await runtime.sleep(for: .milliseconds(1))
                number.store(Self.ownNumber, ordering: .relaxed)
                while !Family.isWatched.load(ordering: .relaxed) {
                    try await runtime.sleep(for: .milliseconds(1))
                }
                try await earlier
                async let one: Void = runtime.sleep(for: .milliseconds(1))
                await withTaskGroup { group in
                    for _ in 0..<3 {
                        group.addTask { try? await runtime.sleep(for: .milliseconds(1)) }
                    }
                }
                try await one
                isDone.store(true, ordering: .relaxed)
                while !Task.isCancelled { try await runtime.sleep(for: .milliseconds(1)) }
            }
            try await eventually("the task runs", on: runtime) {
                number.load(ordering: .relaxed) != 0
            }
            let watched = number.load(ordering: .relaxed)
            try runtime.apply(.watchMachines([watched]))
            Family.isWatched.store(true, ordering: .relaxed)
            try await eventually("all children have ended", on: runtime) {
                let story = story(of: watched, runtime)
                return isDone.load(ordering: .relaxed)
                    && story?.groupChildren == .init(started: 3, done: 3)
                    && story?.asyncLetChildren == .init(started: 1, done: 1)
            }
            task.cancel()
            _ = try? await task.value
            runtime.observe(nil)
        }
    }

    @Test(arguments: [Placement.worker, .context, .dedicated])
    func `what an await has captured is in the row`(placement: Placement) async throws {
        try await withRuntime(placement: placement) { runtime in
            runtime.observe { _ in }
            let number = Atomic(0)
            let task = spawn(runtime) {
                number.store(Self.ownNumber, ordering: .relaxed)
                // Comes back by the placement, and captures what it then runs on.
                while !Task.isCancelled { try await runtime.sleep(for: .milliseconds(1)) }
            }
            let expected = placement == .worker ? "" : placement.rawValue
            var seen: RuntimeSnapshot.Capture?
            try await eventually("an await has captured what the placement says", on: runtime) {
                let row = runtime.snapshot().detail?.machines
                    .first { $0.number == number.load(ordering: .relaxed) }
                seen = row?.context.capture
                return seen?.scheduler == expected
            }
            let capture = try #require(seen)
            #expect(capture.isOfOperation && !capture.isAnywhere && !capture.isLeft)
            task.cancel()
            _ = try? await task.value
            runtime.observe(nil)
        }
    }
}
