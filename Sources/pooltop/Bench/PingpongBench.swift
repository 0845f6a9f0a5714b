// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import AsyncRuntime
internal import Kernel

/// How long a hand-over takes, there and back.
struct PingpongBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pingpong",
        abstract: "Round trips between threads, in nanoseconds."
    )

    enum Mode: String, ExpressibleByArgument, CaseIterable {
        /// An outside thread posts an item, which wakes the thread.
        case external
        /// Two runtimes of one thread each post to one another.
        case ctx
        /// An item posts itself to its own pool again.
        case `self`
    }

    @Option(help: "external, ctx or self.") var mode = Mode.external
    @Option(help: "How many round trips.") var iters = 100_000
    @OptionGroup var options: BenchOptions

    private static let warmUp = 10_000

    func run() throws {
        let iterations = try positive(iters, "iters", upTo: 100_000_000)
        switch mode {
        case .external:
            let runtime = try options.install()
            try report(external(iterations, runtime))
            runtime.shutdown()
        case .self:
            let runtime = try options.install()
            let trips = RoundTrips(iterations, warmUp: Self.warmUp)
            trips.bounce(there: runtime, back: nil)
            try report(trips.finished())
            runtime.shutdown()
        case .ctx:
            var configuration = RuntimeConfiguration()
            configuration.workers = 1...1
            configuration.pollers = 1...1
            configuration.concurrency = 1
            let first = try Runtime(configuration)
            let second = try Runtime(configuration)
            let trips = RoundTrips(iterations, warmUp: Self.warmUp)
            trips.bounce(there: second, back: first)
            try report(trips.finished())
            first.shutdown()
            second.shutdown()
        }
    }

    private func external(_ iterations: Int, _ runtime: Runtime) -> RoundTrips.Result {
        let bell = Bell()
        var samples: [UInt64] = []
        samples.reserveCapacity(iterations)
        var begin = Instant.now
        for trip in 0..<iterations + Self.warmUp {
            let start = Instant.now
            if trip == Self.warmUp { begin = start }
            runtime.submit { bell.parker.unpark() }
            // As the semaphores of the programs beside it: looks around before it sleeps.
            _ = bell.parker.lookAround()
            bell.parker.park()
            if trip >= Self.warmUp { samples.append(Instant.now.nanoseconds(since: start)) }
        }
        return RoundTrips.Result(samples, elapsed: Instant.now.nanoseconds(since: begin))
    }

    private final class Bell: Sendable {
        let parker = Parker()
    }

    private func report(_ result: RoundTrips.Result) throws {
        try options.print(
            BenchReport(
                workload: "pingpong",
                mode: mode.rawValue,
                [
                    ("iters", .count(result.count)), ("p50_ns", .count(Int(result.p50))),
                    ("p99_ns", .count(Int(result.p99))), ("mean_ns", .count(Int(result.mean))),
                ]
            )
        )
    }
}
