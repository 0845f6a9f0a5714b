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
        Tree.countdown.restart(items)
        switch (mode, kind) {
        case (.external, .closure):
            for _ in 0..<items { runtime.submit { Tree.countdown.tick() } }
        case (.external, .task):
            for _ in 0..<items { Task.detached { Tree.countdown.tick() } }
        case (.fanout, .closure):
            runtime.submit { Tree.closure(0, of: items) }
        case (.fanout, .task):
            Task.detached { Tree.task(0, of: items) }
        }
        Tree.countdown.wait()
    }

    /// A binary tree of items, numbered level by level.
    ///
    /// The counter and the runtime are the process's, as in every program that this is compared
    /// with: had each item a reference to them, the threads would do little else than write the
    /// two objects' reference counts.
    private enum Tree {
        static let countdown = Countdown(0)
        static let runtime = Runtime.current

        static func closure(_ index: Int, of items: Int) {
            let left = 2 * index + 1
            if left < items { runtime.submit { closure(left, of: items) } }
            if left + 1 < items { runtime.submit { closure(left + 1, of: items) } }
            countdown.tick()
        }

        static func task(_ index: Int, of items: Int) {
            let left = 2 * index + 1
            if left < items { Task.detached { task(left, of: items) } }
            if left + 1 < items { Task.detached { task(left + 1, of: items) } }
            countdown.tick()
        }
    }
}
