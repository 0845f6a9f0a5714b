// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import AsyncRuntime
internal import Kernel

/// Runs a great many items through the pool and checks that each ran exactly once.
struct StressBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stress",
        abstract: "Many items in four patterns: none is lost, none runs twice."
    )

    enum Pattern: String, ExpressibleByArgument, CaseIterable {
        /// One outside thread brings all.
        case external
        /// Item i brings items 2i+1 and 2i+2, through its worker's own queue.
        case fanout
        /// A thousand tasks that yield after each item.
        case yield
        /// As fanout, and some items block, with what they brought in their worker's queue.
        case blocking
    }

    @Option(help: "external, fanout, yield or blocking; all four by default.")
    var pattern: Pattern?
    @Option(help: "How many items of each pattern.") var items = 1_000_000
    @OptionGroup var options: BenchOptions

    /// So many items are under way at a time, lest a slow machine runs out of memory.
    private static let wave = 1_000_000
    private static let taskCount = 1000
    private static let blockingShare = 5000
    private static let blockingTime = Duration.microseconds(50)

    func run() throws {
        let items = try positive(items, "items")
        let runtime = try options.install()
        let pause = Parker()
        for pattern in pattern.map({ [$0] }) ?? Pattern.allCases {
            let ledger = Ledger()
            let start = Instant.now
            bring(items, pattern, ledger, runtime) { count in
                while ledger.ran < count { pause.park(timeout: .milliseconds(1)) }
            }
            let elapsed = Instant.now.nanoseconds(since: start)
            guard ledger.isComplete(items) else {
                throw UsageError("Of \(items) items (\(pattern)) some were lost or ran twice.")
            }
            try options.print(
                BenchReport(
                    workload: "stress",
                    mode: pattern.rawValue,
                    [("items", .count(items)), ("elapsed_ns", .count(Int(elapsed)))]
                )
            )
        }
        runtime.shutdown()
    }

    private func bring(
        _ items: Int,
        _ pattern: Pattern,
        _ ledger: Ledger,
        _ runtime: Runtime,
        wait: (Int) -> Void
    ) {
        let blocks = pattern == .blocking
        let tree = Tree(runtime: runtime, ledger: ledger, items: items, blocks: blocks)
        switch pattern {
        case .external:
            for first in stride(from: 0, to: items, by: StressBench.wave) {
                let end = min(first + StressBench.wave, items)
                for number in first..<end { runtime.submit { ledger.note(number) } }
                wait(end)
            }
        case .yield:
            for index in 0..<StressBench.taskCount {
                Task.detached {
                    for number in stride(from: index, to: items, by: StressBench.taskCount) {
                        ledger.note(number)
                        await Task.yield()
                    }
                }
            }
        case .fanout, .blocking:
            runtime.submit { tree.run(0) }
        }
        wait(items)
    }

    private struct Tree: Sendable {
        let runtime: Runtime
        let ledger: Ledger
        let items: Int
        let blocks: Bool

        func run(_ number: Int) {
            for child in [2 * number + 1, 2 * number + 2] where child < items {
                runtime.submit { run(child) }
            }
            if blocks, number % StressBench.blockingShare == 0 {
                runtime.block(for: StressBench.blockingTime)
            }
            ledger.note(number)
        }
    }
}
