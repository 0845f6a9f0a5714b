// SPDX-License-Identifier: Apache-2.0

internal import AsyncRuntime
internal import Telemetry

/// The completion port's own habits.
extension Scenario {
    /// Operations that complete at once.
    package static let syncfast = Scenario(
        name: "syncfast",
        group: .port,
        summary: "Reads whose data is there already: no packet, no hop, no suspension.",
        whatToLookFor: """
            Each client writes sixteen small messages and reads them back one by one. The first \
            read may have to wait; the others find their bytes in the socket and complete at once: \
            the state machine does not suspend, no packet is made, no thread changes. `synchronous` \
            counts them. The variant `packet` posts a packet all the same, as Windows does without \
            FILE_SKIP_COMPLETION_PORT_ON_SUCCESS: the same bytes, a useless trip through the port.
            """,
        suggestedKeys: [KeyHint(key: "v", effect: "a packet for each, needed or not")],
        variants: [
            Variant(name: "skip", sentence: "What completes at once skips the port."),
            Variant(name: "packet", sentence: "Every completion makes a packet."),
        ],
        defaults: .clients(20, delay: .milliseconds(20)),
        clients: .connections,
        caption: { snapshot, _ in
            let all = max(1, snapshot.operations.completed)
            let share = snapshot.operations.synchronous * 100 / all
            return "\(share)% of all operations completed at once, without a packet; "
                + "\(Int(snapshot.detail?.rates.dequeuedPerSecond ?? 0)) packets/s."
        },
        stage: { (context, address) throws(OperationError) in
            let listener = try context.runtime.listen(on: address ?? .loopback(port: 0))
            let route = FanoutRoute(listening: listener.address)
            return Stage(
                listener: listener,
                background: [{ await EchoServer(context: context, listener: listener).accept() }],
                client: { await Reader(context: context, route: route, number: $0).connect() }
            )
        }
    )

    /// The newest waiting poller first.
    package static let lifo = Scenario(
        name: "lifo",
        group: .port,
        summary: "Eight pollers and little to do: the newest waiter works, the others age.",
        whatToLookFor: """
            A completion port lets go the poller that came last, since its stack and its caches \
            are warm. At a low rate one or two of eight do all the work; the column `for` of the \
            others grows and grows. Raise the rate in the knob panel and see the next one wake. \
            Then lower the concurrency value to 1: however many packets wait, only one poller \
            runs at a time, unless it says that it blocks.
            """,
        suggestedKeys: [
            KeyHint(key: "o", effect: "rate: from 20 a second upwards"),
            KeyHint(key: "1 then -", effect: "a lower concurrency value"),
        ],
        defaults: .clients(20, delay: .milliseconds(10)) { $0.ratePerSecond = 20 },
        clients: .connections,
        configure: {
            $0.pollers = 8...8
            $0.concurrency = 8
        },
        stage: serving(.awaited)
    )

    /// Thousands of completions at the same moment.
    package static let batch = Scenario(
        name: "batch",
        group: .port,
        summary: "A burst of 5000 completions every two seconds.",
        whatToLookFor: """
            Five thousand machines sleep until the same moment. Then all their packets come out of \
            the port at once: see the peak of `queued`, and how fast the queue is drained. A \
            poller takes packets in bounded batches, so that new ones are not kept waiting behind \
            old ones for ever; the workers' shared queue is the next place where they wait. \
            The latency that is shown is how late each machine went on.
            """,
        suggestedKeys: [
            KeyHint(key: "4 then +", effect: "a bigger burst"),
            KeyHint(key: "r", effect: "inline: the poller does it all alone"),
        ],
        defaults: .clients(5000, delay: .seconds(2)),
        clients: .machines(maximumMachines),
        caption: { snapshot, _ in
            // Between two bursts nothing has waited.
            let peak = snapshot.port.queuedPeak
            return "The last of a burst goes on "
                + "\(snapshot.requests.latencyMicroseconds.max / 1000) ms after it was due"
                + (peak > 0 ? "; \(peak) packets waited." : ".")
        },
        stage: { (context, _) throws(OperationError) in
            Stage(client: { await BurstMachine(context: context, number: $0).run() })
        }
    )
}

/// Writes many messages, and reads them one by one.
private struct Reader: Sendable {
    let context: ScenarioContext
    let route: FanoutRoute
    let number: Int

    /// Each message fills a read, so that one read is one message.
    private static let messages = 16
    private static let message = [UInt8](repeating: UInt8(ascii: "x"), count: IOBuffer.capacity)

    func connect() async {
        do throws(OperationError) {
            let socket = try await context.runtime.connect(
                to: route.server,
                from: route.source(ofClient: number)
            )
            defer { socket.close() }
            var variant = -1
            while !Task.isCancelled {
                // Once for each choice: the knob may say otherwise afterwards.
                if variant != context.settings.variant {
                    variant = context.settings.variant
                    context.runtime.skipOnSuccess = variant == 0
                }
                let begin = context.elapsed
                for _ in 0..<Self.messages { try await socket.write(Self.message) }
                // By now most of it has come back.
                try await context.runtime.sleep(for: .milliseconds(5))
                var rest = Self.messages * Self.message.count
                while rest > 0 {
                    let buffer = try await socket.read()
                    if buffer.count == 0 { return }
                    rest -= buffer.count
                }
                context.ledger.complete(after: context.elapsed - begin, hint: number)
                let pause = context.settings.delay.delay
                try await context.runtime.sleep(for: max(pause, .milliseconds(1)))
            }
        } catch {
            context.note(error)
        }
    }
}

/// Sleeps until a moment that it shares with all others.
private struct BurstMachine: Sendable {
    let context: ScenarioContext
    let number: Int

    func run() async {
        do throws(OperationError) {
            while !Task.isCancelled {
                let period = max(context.settings.delay.delay, .milliseconds(10))
                let due = period * ((context.elapsed / period).rounded(.down) + 1)
                try await context.runtime.sleep(for: max(due - context.elapsed, .zero))
                context.ledger.complete(after: max(.zero, context.elapsed - due), hint: number)
            }
        } catch {
            context.note(error)
        }
    }
}
