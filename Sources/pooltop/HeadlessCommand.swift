// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import FoundationEssentials
internal import Kernel
internal import Telemetry
internal import Workload

/// Runs a scenario without a screen and prints what the screen would show, as JSON.
struct HeadlessCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "headless",
        abstract: "Run a scenario without a screen and print its figures as JSON.",
        discussion: """
            One object after the given time, with the request figures of the whole run; with \
            --jsonl one object on a line each second, with the figures of the last second. Each is \
            taken under load, before anything is shut down.
            """
    )

    @OptionGroup var scenario: ScenarioOptions

    @Option(help: "For how long, in seconds.")
    var seconds = "5"

    @Flag(help: "Print one object on a line each second.")
    var jsonl = false

    @OptionGroup var pool: PoolOptions

    func run() throws {
        guard let length = Double(seconds), (0.1...86_400).contains(length) else {
            throw UsageError(
                "--seconds takes a number from 0.1 to 86400, not '\(seconds)'."
            )
        }
        // Of two twins both have had a turn by then.
        let turn = min(Duration.seconds(5), .seconds(length / 2))
        let run = try LiveRun(pool: pool, scenario: scenario, turn: turn)
        defer { StandardError.report(heldThreads: run.stop()) }
        let clock = Parker()
        let start = Instant.now
        let end = start.advanced(by: .seconds(length))
        if jsonl {
            for second in 1... {
                let next = min(start.advanced(by: .seconds(second)), end)
                sleep(until: next, by: clock)
                try print(run.snapshot(over: .recent), formatting: [.sortedKeys])
                if next == end { return }
            }
        } else {
            sleep(until: end, by: clock)
            try print(
                run.snapshot(over: .wholeRun),
                formatting: [.sortedKeys, .prettyPrinted]
            )
        }
    }

    /// Nobody unparks the parker: it is a clock that does not spin.
    private func sleep(until deadline: Instant, by clock: borrowing Parker) {
        while Instant.now < deadline {
            clock.park(timeout: deadline.duration(since: .now))
        }
    }

    private func print(
        _ snapshot: RuntimeSnapshot,
        formatting: JSONEncoder.OutputFormatting
    ) throws {
        var headless = snapshot
        headless.detail = nil
        let encoder = JSONEncoder()
        encoder.outputFormatting = formatting
        try StandardOutput.write(bytes: encoder.encode(headless) + [UInt8(ascii: "\n")])
    }
}
