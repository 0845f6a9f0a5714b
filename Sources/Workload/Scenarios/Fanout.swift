// SPDX-License-Identifier: Apache-2.0

internal import AsyncRuntime

extension Scenario {
    /// An HTTP server that waits for a downstream call, and its clients.
    package static let fanout = Scenario(
        name: "fanout",
        group: .picture,
        summary:
            "An HTTP/1.1 server that awaits a slow downstream call, and its keep-alive clients.",
        whatToLookFor: """
            Every client sends a request over loopback TCP and waits; for every request the server \
            sleeps as if it had called another service, then answers. Hundreds of operations are \
            in flight at any moment, while hardly one thread is running: nobody waits for them. \
            Raise the clients and watch the operations in flight grow, not the threads. Then let a \
            share of the requests block their thread (the knobs blocking and blocking time): the \
            queue grows and the latency with it, although the processor idles. The server is a real \
            one: `curl http://ADDRESS/` and `wrk` are answered from another terminal.
            """,
        suggestedKeys: [
            KeyHint(key: "4 then +", effect: "more clients: more in flight, the same threads"),
            KeyHint(key: "3 then -", effect: "fewer workers: when does the queue begin to grow?"),
            KeyHint(key: "2 then -", effect: "one poller is enough for a long time"),
        ],
        defaults: .clients(200, delay: .milliseconds(100), spread: .milliseconds(10)) {
            $0.processorTime = .microseconds(20)
        },
        clients: .connections,
        stage: serving(.awaited)
    )

    /// A server that waits for its downstream call in this way, and its clients.
    static func serving(
        _ call: DownstreamCall
    ) -> @Sendable (ScenarioContext, SocketAddress?) throws(OperationError) -> Stage {
        { (context, address) throws(OperationError) in
            let listener = try context.runtime.listen(on: address ?? .loopback(port: 0))
            let server = FanoutServer(context: context, listener: listener, call: call)
            let route = FanoutRoute(listening: listener.address)
            return Stage(
                listener: listener,
                background: [{ await server.accept() }],
                client: { number in
                    await FanoutClient(context: context, route: route, number: number).connect()
                }
            )
        }
    }
}

extension WorkloadSettings {
    /// Settings that are usual, and what is special about them.
    static func clients(
        _ clients: Int,
        delay: Duration = .zero,
        spread: Duration = .zero,
        _ change: (inout WorkloadSettings) -> Void = { _ in }
    ) -> WorkloadSettings {
        var settings = WorkloadSettings()
        settings.clients = clients
        settings.delay = delay
        settings.spread = spread
        change(&settings)
        return settings
    }
}
