// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import AsyncRuntime
internal import FoundationEssentials
internal import Kernel
internal import Telemetry
internal import Workload

/// One twin of the scenario `twin`, as a process of its own; `run` and `headless` start it.
///
/// It reads its order, runs, and writes a snapshot on a line four times a second, until whoever
/// started it has seen enough and kills it, or ends, with which it ends too.
struct TwinCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "twin-process",
        abstract: "One of the two processes of the scenario twin.",
        shouldDisplay: false
    )

    @Option(help: "The process that reads the snapshots.") var parent: Int32

    private static let period = Duration.milliseconds(250)
    /// More rows than a screen shows would only make the snapshots dear.
    private static let machineRows = 64

    func run() throws {
        guard ChildProcess.dieWithParent(parent), let order = try TwinOrder.read() else { return }
        let clock = Parker()
        switch order.way {
        case .async:
            let run = try LiveRun(
                .fanout,
                settings: order.settings,
                seed: order.seed,
                configuration: order.configuration
            )
            for command in order.commands { try run.apply(command) }
            // The sampler's thread writes: no other thread is there that a runtime does not need.
            run.runtime.observe { snapshot in
                var snapshot = snapshot
                run.scenarios.workload.fill(&snapshot, over: .wholeRun)
                try? Self.write(snapshot)
            }
            while true { clock.park() }
        case .sync:
            let run = try BlockingFanout(settings: order.settings, seed: order.seed)
            run.start()
            while true {
                // Nobody unparks it: it is a clock that does not spin.
                clock.park(timeout: Self.period)
                try Self.write(run.snapshot())
            }
        }
    }

    private static func write(_ snapshot: RuntimeSnapshot) throws {
        var snapshot = snapshot
        if let machines = snapshot.detail?.machines, machines.count > machineRows {
            snapshot.detail?.machines.removeLast(machines.count - machineRows)
        }
        try StandardOutput.write(bytes: JSONEncoder().encode(snapshot) + [UInt8(ascii: "\n")])
    }
}
