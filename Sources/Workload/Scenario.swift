// SPDX-License-Identifier: Apache-2.0

/// The scenarios that there are, and what an audience should look for in each.
package enum Scenario: String, CaseIterable, Sendable {
    /// An HTTP server that waits for a downstream call, and its clients.
    case fanout
    /// Machines that only sleep.
    case timers
    /// Nothing at all.
    case idle

    /// One sentence for a list.
    package var summary: String {
        switch self {
        case .fanout:
            "An HTTP/1.1 server that awaits a slow downstream call, and its keep-alive clients."
        case .timers:
            "Thousands of state machines that do nothing but sleep."
        case .idle:
            "Nothing runs: what the runtime costs when nobody asks anything of it."
        }
    }

    /// A paragraph on what there is to see.
    package var whatToLookFor: String {
        switch self {
        case .fanout:
            """
            Every client sends a request over loopback TCP and waits; for every request the server \
            sleeps as if it had called another service, then answers. Hundreds of operations are \
            in flight at any moment, while hardly one thread is running: nobody waits for them. \
            Raise the clients and watch the operations in flight grow, not the threads. Then let a \
            share of the requests block their thread (--blocking 20%:200ms): the queue grows and \
            the latency with it, although the processor idles. The server is a real one: \
            `curl http://ADDRESS/` and `wrk` are answered from another terminal.
            """
        case .timers:
            """
            Each machine sleeps, wakes, and sleeps again. A sleeping machine is one entry in the \
            port's timer heap and some memory: ten thousand of them wait behind one single \
            timeout of one poller. Set the clients to 100000 and look at the threads: their number \
            does not change.
            """
        case .idle:
            """
            One poller waits in the kernel without a timeout, all other threads are parked. \
            Processor time should read 0.0 %. Point `strace -f` at the process and see that it is \
            quiet.
            """
        }
    }

    /// Keys of the dashboard that are worth trying here.
    package var suggestedKeys: [(key: String, effect: String)] {
        switch self {
        case .fanout:
            [
                ("4 then +", "more clients: more in flight, the same threads"),
                ("3 then -", "fewer workers: when does the queue begin to grow?"),
                ("2 then -", "one poller is enough for a long time"),
            ]
        case .timers:
            [("4 then +", "more machines: memory grows, threads do not")]
        case .idle:
            [("3 then +", "a higher minimum of workers makes no thread before there is work")]
        }
    }

    /// What the scenario does where the command line says nothing else.
    package var defaults: WorkloadSettings {
        var settings = WorkloadSettings()
        switch self {
        case .fanout:
            settings.clients = 200
            settings.delay = .milliseconds(100)
            settings.spread = .milliseconds(10)
            settings.processorTime = .microseconds(20)
        case .timers:
            settings.clients = 10_000
            settings.delay = .seconds(2)
            settings.spread = .seconds(1)
        case .idle:
            break
        }
        return settings
    }

    /// The most clients, given how many descriptors the process may have.
    package func maximumClients(descriptorLimit: Int) -> Int {
        switch self {
        case .fanout:
            max(1, (descriptorLimit - Scenario.reservedDescriptors) / Scenario.descriptorsPerClient)
        case .timers: Scenario.maximumMachines
        case .idle: 0
        }
    }

    /// Both ends of a client's connection are in this process.
    package static let descriptorsPerClient = 2
    /// Standard streams, listener, port, event descriptors, and room for visitors with `curl`.
    package static let reservedDescriptors = 64
    /// About a kilobyte and a half each: more would be a test of the machine's memory.
    package static let maximumMachines = 2_000_000
}
