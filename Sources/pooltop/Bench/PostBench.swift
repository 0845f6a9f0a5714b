// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import AsyncRuntime
internal import Kernel

/// Hands empty items to the pool: from one outside thread, or as a tree from inside.
struct PostBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "post",
        abstract: "Empty items through the pool, in items per second."
    )

    enum Mode: String, ExpressibleByArgument, CaseIterable {
        /// One outside thread posts all items.
        case external
        /// Item i posts items 2i+1 and 2i+2 from inside the pool.
        case fanout
    }

    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case closure, task
    }

    @Option(help: "external or fanout.") var mode = Mode.external
    @Option(help: "How many items.") var items = 2_000_000
    @Option(help: "closure or task.") var kind = Kind.closure
    @OptionGroup var options: BenchOptions

    func run() throws {
        let items = try positive(items, "items")
        let runtime = try options.install()
        pass(max(1, items / 4), on: runtime)
        let start = Instant.now
        pass(items, on: runtime)
        let elapsed = Instant.now.nanoseconds(since: start)
        runtime.shutdown()
        let perSecond = Double(items) * 1e9 / Double(elapsed)
        try options.print(
            BenchReport(
                workload: "post",
                mode: mode.rawValue,
                [
                    ("kind", .word(kind.rawValue)), ("items", .count(items)),
                    ("elapsed_ns", .count(Int(elapsed))), ("items_per_s", .count(Int(perSecond))),
                ]
            )
        )
    }

    private func pass(_ items: Int, on runtime: Runtime) {
        let countdown = Countdown(items)
        switch (mode, kind) {
        case (.external, .closure):
            for _ in 0..<items { runtime.submit { countdown.tick() } }
        case (.external, .task):
            for _ in 0..<items { Task.detached { countdown.tick() } }
        case (.fanout, .closure):
            let tree = Tree(runtime: runtime, countdown: countdown, items: items)
            runtime.submit { tree.closure(0) }
        case (.fanout, .task):
            let tree = Tree(runtime: runtime, countdown: countdown, items: items)
            Task.detached { tree.task(0) }
        }
        countdown.wait()
    }

    /// A binary tree of items, numbered level by level.
    private struct Tree: Sendable {
        let runtime: Runtime
        let countdown: Countdown
        let items: Int

        func closure(_ index: Int) {
            let left = 2 * index + 1
            if left < items { runtime.submit { closure(left) } }
            if left + 1 < items { runtime.submit { closure(left + 1) } }
            countdown.tick()
        }

        func task(_ index: Int) {
            let left = 2 * index + 1
            if left < items { Task.detached { task(left) } }
            if left + 1 < items { Task.detached { task(left + 1) } }
            countdown.tick()
        }
    }
}
