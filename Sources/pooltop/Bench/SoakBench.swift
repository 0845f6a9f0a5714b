// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import AsyncRuntime
internal import Kernel
internal import Telemetry
internal import Workload

/// Runs `fanout` for a long time while every setting changes at random, and watches the books.
///
/// It fails where one snapshot breaks the law, where a request got a wrong answer, or where memory
/// grew: the settings of the second half are no larger than those of the first.
struct SoakBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "soak",
        abstract: "Run fanout while all settings change; check the books and the memory."
    )

    @Option(help: "For how long, in seconds.") var seconds = 600
    @Option(help: "Repeats the choices of an earlier run.") var seed: UInt64 = 1
    @Option(help: "The most clients at any time.") var clients = 400
    @OptionGroup var options: BenchOptions

    private static let changePeriod = Duration.milliseconds(200)
    private static let reportPeriod = 50

    func run() throws {
        let seconds = try positive(seconds, "seconds", upTo: 864_000)
        let clients = try positive(clients, "clients", upTo: 1_000_000)
        let runtime = try options.install()
        let workload = try Workload(
            .fanout,
            settings: Scenario.fanout.defaults,
            seed: seed,
            descriptorLimit: ProcessStatus.raiseDescriptorLimit(),
            runtime: runtime
        )
        var changes = SoakChanges(seed: seed, clients: clients)
        var memory = MemoryWatch()
        let clock = Parker()
        var snapshot = RuntimeSnapshot()
        let steps = seconds * 5
        for step in 1...steps {
            clock.park(timeout: Self.changePeriod)
            let command = changes.next()
            try runtime.apply(command)
            workload.apply(command)
            snapshot = runtime.snapshot()
            workload.fill(&snapshot, over: .wholeRun)
            guard snapshot.operations.balances else {
                throw UsageError(
                    "The books do not balance after \(step) changes (seed \(seed)): "
                        + "\(snapshot.operations)."
                )
            }
            let bytes = ProcessStatus.residentBytes
            memory.add(bytes, at: Double(step) / Double(steps))
            if step.isMultiple(of: Self.reportPeriod), !options.json {
                try StandardOutput.write(
                    line: "\(step / 5) s  rss \(bytes / 1024) kB  threads "
                        + "\(ProcessStatus.threadCount)  submitted \(snapshot.operations.submitted)"
                        + "  in flight \(snapshot.operations.inFlight)  requests "
                        + "\(snapshot.requests.completed)  failed \(snapshot.requests.failed)"
                )
            }
        }
        let stopped = Countdown(1)
        workload.stop { stopped.tick() }
        stopped.wait()
        runtime.shutdown()
        try options.print(report(snapshot, memory, seconds))
        guard memory.isFlat else {
            throw UsageError(
                "Memory grew from \(memory.firstHalfPeak / 1024) kB in the first half to "
                    + "\(memory.secondHalfPeak / 1024) kB in the second (seed \(seed))."
            )
        }
    }

    private func report(
        _ snapshot: RuntimeSnapshot,
        _ memory: MemoryWatch,
        _ seconds: Int
    ) -> BenchReport {
        BenchReport(
            workload: "soak",
            mode: "fanout",
            [
                ("seconds", .count(seconds)), ("seed", .count(Int(clamping: seed))),
                ("submitted", .count(snapshot.operations.submitted)),
                ("completed", .count(snapshot.operations.completed)),
                ("failed", .count(snapshot.operations.failed)),
                ("cancelled", .count(snapshot.operations.cancelled)),
                ("timed_out", .count(snapshot.operations.timedOut)),
                ("requests", .count(snapshot.requests.completed)),
                ("requests_failed", .count(snapshot.requests.failed)),
                ("rss_first_half_kb", .count(memory.firstHalfPeak / 1024)),
                ("rss_second_half_kb", .count(memory.secondHalfPeak / 1024)),
            ]
        )
    }
}

/// Whether the memory of the second half of a run stays within that of the first.
private struct MemoryWatch {
    private(set) var firstHalfPeak = 0
    private(set) var secondHalfPeak = 0

    mutating func add(_ bytes: Int, at share: Double) {
        if share <= 0.5 {
            firstHalfPeak = max(firstHalfPeak, bytes)
        } else {
            secondHalfPeak = max(secondHalfPeak, bytes)
        }
    }

    /// An eighth and four megabytes are left to the allocator's own unrest.
    var isFlat: Bool { secondHalfPeak <= firstHalfPeak + firstHalfPeak / 8 + 4 << 20 }
}
