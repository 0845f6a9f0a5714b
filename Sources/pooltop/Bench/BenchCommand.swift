// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import AsyncRuntime

/// Measures the runtime against others that do the same work.
///
/// Every measurement makes an untimed pass first, then the timed one, in the same process. The
/// servers are ordinary async code on ``AsyncSocket``: what is measured is what the scenarios use.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure the runtime, without a dashboard.",
        subcommands: [
            PostBench.self, PingpongBench.self, SpawnBench.self, InflightBench.self,
            EchoServerBench.self, HTTPServerBench.self, SoakBench.self, StressBench.self,
        ]
    )
}

/// Options of all measurements.
struct BenchOptions: ParsableArguments {
    @Option(help: "Worker threads, as MIN:MAX or one number.")
    var workers: String?

    @Flag(help: "Print the result as one line of JSON.")
    var json = false

    @Flag(help: "Leave the sampler's thread out, to measure what it costs.")
    var noSampling = false

    @Flag(help: "Track no state machines, to measure what that costs.")
    var noTracking = false

    func configuration() throws -> RuntimeConfiguration {
        var configuration = RuntimeConfiguration()
        configuration.samples = !noSampling
        configuration.tracksMachines = !noTracking
        if let workers {
            configuration.workers = try PoolOptions.range(
                workers,
                of: "workers",
                in: PoolOptions.workerRange
            )
        }
        return configuration
    }

    /// The runtime that is measured, as the process's executor.
    func install() throws -> Runtime { try Runtime.install(configuration()) }

    func print(_ report: BenchReport) throws {
        try StandardOutput.write(line: json ? report.json : report.text)
    }
}

/// Checks a number from the command line.
func positive(_ value: Int, _ option: String, upTo limit: Int = 1_000_000_000) throws -> Int {
    guard (1...limit).contains(value) else {
        throw UsageError("--\(option) takes a number from 1 to \(limit), not \(value).")
    }
    return value
}
