// SPDX-License-Identifier: Apache-2.0

internal import AsyncRuntime
internal import Telemetry

extension Scenario {
    /// The smallest world in which the whole picture happens: where stepping starts.
    package static let one = Scenario(
        name: "one",
        group: .picture,
        summary: "One client, one poller, one worker: step one await through the picture.",
        whatToLookFor: """
            One client asks an HTTP server over loopback TCP, the server waits 100 ms for a \
            downstream call and answers. One poller and one worker do all of it. Press p for the \
            picture, then s again and again: each press lets exactly one hop through, and the line \
            under the title says what it did. World time stands while you think: no timer becomes \
            due, no thread is added. Watch what is missing: between "armed" and "ready" no thread \
            of ours has anything to do with the operation. Space lets the world go on, t slows it \
            down, f follows the chosen machine with a stopwatch. `strace -f -p` in another terminal \
            shows the same calls at the same moment.
            """,
        suggestedKeys: [
            KeyHint(key: "p then s", effect: "the picture, and one hop at a time"),
            KeyHint(key: "t", effect: "slow motion: 50 ms, 250 ms, 1 s a hop; T is faster"),
            KeyHint(key: "4 then f", effect: "follow the chosen machine: stopwatch for each hop"),
        ],
        defaults: .clients(1, delay: .milliseconds(100)),
        clients: .connections,
        configure: {
            $0.pollers = 1...1
            $0.concurrency = 1
            $0.workers = 1...1
        },
        caption: { snapshot, _ in
            let flight = snapshot.port.armed + snapshot.port.timers
            return "\(flight) operations wait and hold no thread. p is the picture, s a step."
        },
        stage: serving(.awaited)
    )
}
