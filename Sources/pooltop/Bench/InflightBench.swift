// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import AsyncRuntime
internal import Kernel

/// What an operation in flight weighs: many sleep at the same time.
struct InflightBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inflight",
        abstract: "Sleeping operations, in bytes each."
    )

    enum Kind: String, ExpressibleByArgument, CaseIterable {
        /// Async tasks that await a sleep.
        case task
        /// Closures that the port's timer queue calls.
        case timer
    }

    @Option(help: "How many sleep at once.") var n = 10_000
    @Option(help: "How long each sleeps, in milliseconds.") var ms = 2000
    @Option(help: "task or timer.") var kind = Kind.task
    @OptionGroup var options: BenchOptions

    func run() throws {
        let count = try positive(n, "n", upTo: 10_000_000)
        let time = Duration.milliseconds(try positive(ms, "ms", upTo: 3_600_000))
        let runtime = try options.install()
        settle(runtime)
        let baseBytes = ProcessStatus.residentBytes
        let start = Instant.now
        let sleeps = Sleeps(count: count, of: time, on: runtime)
        let started = sleeps.started
        let ended = sleeps.ended
        switch kind {
        case .task:
            for _ in 0..<count {
                Task.detached { await sleeps.sleepOnce() }
            }
        case .timer:
            for _ in 0..<count {
                try runtime.schedule(after: time) { ended.tick() }
                started.tick()
            }
        }
        started.wait()
        let created = Instant.now
        let peakBytes = ProcessStatus.residentBytes
        let threads = ProcessStatus.threadCount
        let early = ended.count
        ended.wait()
        let lag = Double(Instant.now.nanoseconds(since: created)) / 1e6 - Double(ms)
        runtime.shutdown()
        try options.print(
            BenchReport(
                workload: "inflight",
                mode: kind.rawValue,
                [
                    ("n", .count(count)), ("ms", .count(ms)),
                    ("rss_base_kb", .count(baseBytes / 1024)),
                    ("rss_peak_kb", .count(peakBytes / 1024)),
                    ("bytes_per_op", .count((peakBytes - baseBytes) / count)),
                    ("threads", .count(threads)),
                    ("create_ms", .real(Double(created.nanoseconds(since: start)) / 1e6)),
                    ("ended_before_all_created", .count(early)), ("drain_lag_ms", .real(lag)),
                ]
            )
        )
    }

    /// What the tasks have in common: each keeps one reference, not five values of its own.
    private final class Sleeps: Sendable {
        let started: Countdown
        let ended: Countdown
        private let time: Duration
        private let runtime: Runtime

        init(count: Int, of time: Duration, on runtime: Runtime) {
            started = Countdown(count)
            ended = Countdown(count)
            self.time = time
            self.runtime = runtime
        }

        func sleepOnce() async {
            started.tick()
            try? await runtime.sleep(for: time)
            ended.tick()
        }
    }

    /// Lets the runtime start its threads before memory is measured.
    private func settle(_ runtime: Runtime) {
        let first = Countdown(1)
        Task.detached {
            try? await runtime.sleep(for: .milliseconds(1))
            first.tick()
        }
        first.wait()
        Countdown(1).wait(atMost: .milliseconds(100))
    }
}
