// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import AsyncRuntime
internal import Kernel

/// Starts tasks that yield once and end, a batch at a time, from a task inside the pool.
struct SpawnBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spawn",
        abstract: "Tasks that yield once and end, in tasks per second."
    )

    @Option(help: "How many tasks.") var tasks = 1_000_000
    @Option(help: "How many at a time.") var batch = 1000
    @OptionGroup var options: BenchOptions

    func run() throws {
        let tasks = try positive(tasks, "tasks")
        let batch = try positive(batch, "batch", upTo: tasks)
        let runtime = try options.install()
        pass(max(batch, tasks / 10), batch)
        let start = Instant.now
        let count = pass(tasks, batch)
        let elapsed = Instant.now.nanoseconds(since: start)
        runtime.shutdown()
        let perSecond = Double(count) * 1e9 / Double(elapsed)
        try options.print(
            BenchReport(
                workload: "spawn",
                mode: "task",
                [
                    ("tasks", .count(count)), ("batch", .count(batch)),
                    ("elapsed_ns", .count(Int(elapsed))), ("tasks_per_s", .count(Int(perSecond))),
                ]
            )
        )
    }

    /// Runs whole batches and returns how many tasks that were.
    @discardableResult
    private func pass(_ tasks: Int, _ batch: Int) -> Int {
        let batches = (tasks + batch - 1) / batch
        let countdown = Countdown(1)
        Task.detached {
            for _ in 0..<batches {
                await withDiscardingTaskGroup { group in
                    for _ in 0..<batch { group.addTask { await Task.yield() } }
                }
            }
            countdown.tick()
        }
        countdown.wait()
        return batches * batch
    }
}
