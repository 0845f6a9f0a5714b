// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import AsyncRuntime
internal import Workload

/// How large the runtime is and how it works: shared by all commands that start one.
///
/// Values are taken as text and read by ``configuration()``, so that what is wrong with one of them
/// can be said in a sentence.
struct PoolOptions: ParsableArguments {
    @Option(help: "Worker threads, as MIN:MAX or one number.")
    var workers: String?

    @Option(help: "Poller threads, as MIN:MAX or one number.")
    var pollers: String?

    @Option(help: "How many pollers may run at the same time.")
    var concurrency: String?

    @Option(help: "How many packets a poller takes at once, 1 to 1024.")
    var batch: String?

    @Option(
        help: "What waits in the kernel: \(EngineName.names).",
        completion: .list(EngineName.allCases.map(\.rawValue))
    )
    var engine = EngineName.epoll.rawValue

    @Option(
        help: "Where continuations run: \(PoolOptions.placements).",
        completion: .list(Placement.allCases.map(\.rawValue))
    )
    var placement: String?

    @Flag(
        inversion: .prefixedNo,
        help: "Let throughput decide how many workers there are, as .NET's hill climbing."
    )
    var hillClimbing: Bool?

    @Flag(
        inversion: .prefixedNo,
        help: "Make up for workers that say that they block, as .NET 6 and later."
    )
    var cooperativeBlocking: Bool?

    @Flag(
        inversion: .prefixedNo,
        help: "Add a worker when nobody has taken work for half a second."
    )
    var starvationDetection: Bool?

    @Flag(
        inversion: .prefixedNo,
        help: "Before a worker blocks, give its own items to all, as .NET 10."
    )
    var localHandOver: Bool?

    @Flag(
        inversion: .prefixedNo,
        help: "What succeeds at once goes on at once, without a packet in the port."
    )
    var skipOnSuccess: Bool?

    @Option(help: "How long an idle worker waits before it leaves, such as 20s.")
    var idleTimeout: String?

    static let workerRange = 1...32_767
    static let pollerRange = 1...1000

    private static var placements: String {
        Placement.allCases.map(\.rawValue).joined(separator: ", ")
    }

    /// The runtime that the options describe.
    ///
    /// Where they say nothing it is the scenario's, or else the article's defaults.
    func configuration(
        for prepare: (inout RuntimeConfiguration) -> Void = { _ in }
    ) throws -> RuntimeConfiguration {
        var configuration = RuntimeConfiguration()
        prepare(&configuration)
        if let workers {
            configuration.workers = try Self.range(workers, of: "workers", in: Self.workerRange)
        }
        if let pollers {
            configuration.pollers = try Self.range(pollers, of: "pollers", in: Self.pollerRange)
        }
        if let concurrency {
            configuration.concurrency = try Self.number(
                concurrency,
                of: "concurrency",
                in: Self.pollerRange
            )
        }
        if let batch {
            let limits = RuntimeConfiguration.batchLimits
            configuration.batch = try Self.number(batch, of: "batch", in: limits)
        }
        if let idleTimeout { configuration.idleTimeout = try Self.idleTimeout(idleTimeout) }
        if let hillClimbing { configuration.hillClimbing = hillClimbing }
        if let cooperativeBlocking { configuration.cooperativeBlocking = cooperativeBlocking }
        if let starvationDetection { configuration.starvationDetection = starvationDetection }
        if let localHandOver { configuration.localHandOver = localHandOver }
        if let skipOnSuccess { configuration.skipOnSuccess = skipOnSuccess }
        try checkEngine()
        if let placement { configuration.placement = try chosen(placement) }
        return configuration
    }

    private static func number(
        _ text: String,
        of name: String,
        in limits: ClosedRange<Int>
    ) throws -> Int {
        guard let value = Int(text), limits.contains(value) else {
            throw UsageError(
                "--\(name) takes a number from \(limits.lowerBound) to \(limits.upperBound), not "
                    + "'\(text)'."
            )
        }
        return value
    }

    private static func idleTimeout(_ text: String) throws -> Duration {
        guard let duration = DurationText.parse(text),
            RuntimeConfiguration.idleTimeoutRange.contains(duration)
        else {
            throw UsageError(
                "--idle-timeout takes a time from 10ms to 3600s, such as 20s, not '\(text)'."
            )
        }
        return duration
    }

    private func checkEngine() throws {
        guard let engine = EngineName(rawValue: engine) else {
            throw UsageError("There is no engine '\(engine)'; choose epoll.")
        }
        guard engine.isBuilt else {
            throw UsageError(
                "The engine '\(engine.rawValue)' is not part of this version; choose epoll."
            )
        }
    }

    private func chosen(_ placement: String) throws -> Placement {
        guard let placement = Placement(rawValue: placement) else {
            throw UsageError(
                "There is no placement '\(placement)'; choose one of \(Self.placements)."
            )
        }
        return placement
    }

    /// Reads `2:8` or `4`, which fixes both ends.
    static func range(
        _ text: String,
        of name: String,
        in limits: ClosedRange<Int>
    ) throws -> ClosedRange<Int> {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { Int($0) }
        guard (1...2).contains(parts.count), numbers.count == parts.count,
            numbers.allSatisfy(limits.contains), numbers[0] <= numbers[numbers.count - 1]
        else {
            throw UsageError(
                "--\(name) takes MIN:MAX or one number, from \(limits.lowerBound) to "
                    + "\(limits.upperBound), such as 2:8, not '\(text)'."
            )
        }
        return numbers[0]...numbers[numbers.count - 1]
    }
}
