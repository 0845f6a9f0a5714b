// SPDX-License-Identifier: Apache-2.0

internal import AsyncRuntime
internal import Telemetry

extension Scenario {
    /// Machines that only sleep.
    package static let timers = Scenario(
        name: "timers",
        group: .picture,
        summary: "Thousands of state machines that do nothing but sleep.",
        whatToLookFor: """
            Each machine sleeps, wakes, and sleeps again. A sleeping machine is one entry in the \
            port's timer heap and some memory: ten thousand of them wait behind one single \
            timeout of one poller. Set the clients to 100000 and look at the threads: their number \
            does not change.
            """,
        suggestedKeys: [
            KeyHint(key: "4 then +", effect: "more machines: memory grows, threads do not")
        ],
        defaults: .clients(10_000, delay: .seconds(2), spread: .seconds(1)),
        clients: .machines(maximumMachines),
        caption: { snapshot, _ in
            "\(snapshot.operations.inFlight) operations in flight behind one timeout, "
                + "\(snapshot.process.threads) threads in all."
        },
        stage: { (context, _) throws(OperationError) in
            Stage(client: { await SleepingMachine(context: context, number: $0).tick() })
        }
    )

    /// Nothing at all.
    package static let idle = Scenario(
        name: "idle",
        group: .picture,
        summary: "Nothing runs: what the runtime costs when nobody asks anything of it.",
        whatToLookFor: """
            One poller waits in the kernel without a timeout, all other threads are parked. \
            Processor time is next to nothing, and what there is of it is the dashboard's own (self, \
            at the lower right). Point `strace -f` at the process: the sampler looks ten times a \
            second, the screen's clock moves, and no poller and no worker makes a call.
            """,
        suggestedKeys: [
            KeyHint(
                key: "3 then +",
                effect: "a higher minimum of workers makes no thread before there is work"
            )
        ],
        caption: { _, _ in "Nothing runs: one poller waits in the kernel, the rest is parked." },
        stage: { (_, _) throws(OperationError) in Stage() }
    )
}
