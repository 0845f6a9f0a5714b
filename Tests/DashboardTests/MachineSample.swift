// SPDX-License-Identifier: Apache-2.0

import Telemetry

@testable import Dashboard

/// Three machines in one function, a parent and two children of its group, made up.
enum MachineSample {
    static let source = """
        func serve(on port: Int) async {
            let request = await read()
            await pause()
        }
        """

    static func snapshot(missing: String = "") -> RuntimeSnapshot {
        var snapshot = Sample.snapshot(at: 200)
        var states = RuntimeSnapshot.States()
        states.missing = missing
        var graph = RuntimeSnapshot.StateGraph(
            function: "serve",
            file: "/somewhere/Sources/Shop/Server.swift",
            line: 1
        )
        graph.states = [
            .init(name: "TQ0", line: 2, machines: 12), .init(name: "TY3", line: 3, machines: 0),
        ]
        graph.states[0].p50Microseconds = 100_000
        graph.states[0].p99Microseconds = 104_000
        graph.arrows = [
            .init(from: RuntimeSnapshot.StateGraph.start, to: 0, count: 50, perSecond: 5),
            .init(from: 0, to: 1, count: 40, perSecond: 4),
            .init(from: 1, to: RuntimeSnapshot.StateGraph.done, count: 3, perSecond: 0),
            .init(from: 1, to: 0, count: 20, perSecond: 2),
            .init(from: 1, to: 1, count: 10, perSecond: 1),
        ]
        if missing.isEmpty {
            states.graphs = [graph, .init(function: "other", file: "", line: 0)]
            states.chains = [
                .init(frames: [], machines: 0),
                .init(
                    frames: [.init(function: "serve", state: "TQ0", file: graph.file, line: 2)],
                    machines: 12
                ),
            ]
        }
        states.taskLocals = ["order", "customer"]
        states.waits.isKnown = true
        states.waits.isAll = true
        states.waits.waits = [2, 3].map { .init(waiter: 1, awaited: $0, isInGroup: true) }
        snapshot.detail?.states = states
        snapshot.detail?.machines = (1...3).map { number in
            var row = RuntimeSnapshot.MachineRow(
                number: number,
                function: "task",
                state: number == 1 ? "suspended" : "sleep",
                descriptor: -1,
                ageMicroseconds: 1000,
                sinceMicroseconds: 500,
                runningMicroseconds: 200,
                queuedMicroseconds: 300,
                waitingMicroseconds: 500,
                hops: 1,
                thread: "worker-1",
                site: ""
            )
            row.context.chain = 1
            row.context.isOfLastRun = number == 1
            row.context.isCancelled = false
            if number > 1 {
                row.context.origin = .group
                row.context.parent = 1
            }
            return row
        }
        return snapshot
    }

    static func model(
        _ columns: Int,
        _ rows: Int,
        glyphs: Glyphs = .unicode,
        hasColors: Bool = true,
        missing: String = "",
        keys: [Key]
    ) -> Model {
        var model = Model(
            size: Size(columns: columns, rows: rows),
            glyphs: glyphs,
            hasColors: hasColors,
            sources: SourceLibrary([("Shop/Server.swift", Self.source)])
        )
        _ = update(&model, .snapshot(snapshot(missing: missing)))
        for key in keys { _ = update(&model, .key(key)) }
        return model
    }

    /// What is known of machine 3 after it has been watched.
    static var story: RuntimeSnapshot.Story {
        var story = RuntimeSnapshot.Story(machine: 3, sinceSeconds: 190)
        story.steps = [
            .init(
                elapsedSeconds: 199,
                state: "running",
                thread: "worker-2",
                chain: 1,
                afterMicroseconds: 12
            ),
            .init(
                elapsedSeconds: 199.5,
                state: "sleep",
                thread: "worker-2",
                chain: 1,
                afterMicroseconds: 200
            ),
        ]
        story.steps[0].placement = "worker"
        story.stepsBefore = 70
        story.groupChildren = .init(started: 12, done: 10)
        story.asyncLetChildren = .init(started: 4, done: 4)
        story.locals = [
            .init(name: "order", text: "17", isBound: true),
            .init(name: "customer", text: "nil", isBound: false),
        ]
        story.localsSeconds = 199
        return story
    }

    /// The same machines, and what is known of the third.
    static var told: RuntimeSnapshot {
        var snapshot = snapshot()
        snapshot.elapsedSeconds = 201
        snapshot.detail?.states.stories = [story]
        snapshot.detail?.machines[2].resumesOn = "context"
        snapshot.detail?.machines[2].context.capture = capture("context", isOfOperation: true)
        return snapshot
    }

    static func capture(
        _ scheduler: String,
        isOfOperation: Bool = true,
        isAnywhere: Bool = false,
        isLeft: Bool = false
    ) -> RuntimeSnapshot.Capture {
        var capture = RuntimeSnapshot.Capture()
        capture.scheduler = scheduler
        capture.isOfOperation = isOfOperation
        capture.isAnywhere = isAnywhere
        capture.isLeft = isLeft
        return capture
    }
}
