// SPDX-License-Identifier: Apache-2.0

internal import AsyncRuntime
internal import Telemetry

extension Scenario {
    /// Cancellation, time-outs, and timers that nobody needs any more.
    package static let cancel = Scenario(
        name: "cancel",
        group: .port,
        summary: "Operations that are cancelled or time out, and timers that are leaked.",
        whatToLookFor: """
            A third of the operations complete, a third times out, a third is cancelled: each has \
            exactly one outcome, and the books balance. Every request also starts a time-out of \
            ten seconds. In the first variant it is cancelled when the request is over. In the \
            second it is forgotten, as a CancellationTokenSource that is not disposed: look at the \
            timers in the port, which climb to ten seconds' worth of requests, and stay.
            """,
        suggestedKeys: [KeyHint(key: "v", effect: "leak the timers, and tidy up again")],
        variants: [
            Variant(name: "disposed", sentence: "A request's time-out ends with the request."),
            Variant(name: "leaked", sentence: "Time-outs are left to run for their ten seconds."),
        ],
        defaults: .clients(100, delay: .milliseconds(50), spread: .milliseconds(20)),
        clients: .connections,
        caption: { snapshot, _ in
            let operations = snapshot.operations
            return "\(operations.completed) completed, \(operations.timedOut) timed out, "
                + "\(operations.cancelled) cancelled; \(snapshot.port.timers) timers wait."
        },
        stage: { (context, address) throws(OperationError) in
            let listener = try context.runtime.listen(on: address ?? .loopback(port: 0))
            let route = FanoutRoute(listening: listener.address)
            return Stage(
                listener: listener,
                background: [{ await EchoServer(context: context, listener: listener).accept() }],
                client: {
                    let machine = ImpatientMachine(context: context, route: route, number: $0)
                    await machine.connect()
                }
            )
        }
    )
}

/// Starts operations of which some come to nothing: the other end never says a word.
private struct ImpatientMachine: Sendable {
    let context: ScenarioContext
    let route: FanoutRoute
    let number: Int

    private static let patience = Duration.seconds(10)

    func connect() async {
        do throws(OperationError) {
            let socket = try await context.runtime.connect(
                to: route.server,
                from: route.source(ofClient: number)
            )
            defer { socket.close() }
            await run(on: socket)
        } catch {
            context.note(error)
        }
    }

    private func run(on socket: AsyncSocket) async {
        var random = SeededRandom(seed: context.seed, stream: UInt64(number))
        var leaked: [(timer: Task<Void, Never>, end: Duration)] = []
        defer { for (timer, _) in leaked { timer.cancel() } }
        while !Task.isCancelled, !context.isEnding {
            leaked.removeAll { $0.end < context.elapsed }
            let (delay, spread) = context.settings.delay
            let time = max(random.duration(around: delay, spread: spread), .milliseconds(2))
            let timeOut = context.start { [runtime = context.runtime] in
                try? await runtime.sleep(for: Self.patience)
            }
            let begin = context.elapsed
            await request(on: socket, taking: time, &random)
            context.ledger.complete(after: context.elapsed - begin, hint: number)
            if context.settings.variant == 0 {
                timeOut.cancel()
            } else {
                leaked.append((timeOut, begin + Self.patience))
            }
        }
    }

    private func request(
        on socket: AsyncSocket,
        taking time: Duration,
        _ random: inout SeededRandom
    ) async {
        let runtime = context.runtime
        switch Int.random(in: 0..<3, using: &random) {
        case 0:
            try? await runtime.sleep(for: time)
        case 1:
            _ = try? await socket.read(timeout: time)
        default:
            let operation = context.start { _ = try? await socket.read() }
            try? await runtime.sleep(for: time)
            operation.cancel()
            await operation.value
        }
    }
}
