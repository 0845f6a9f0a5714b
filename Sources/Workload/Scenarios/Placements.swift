// SPDX-License-Identifier: Apache-2.0

internal import AsyncRuntime
internal import Telemetry

extension Scenario {
    /// The same code, five places.
    package static let placement = Scenario(
        name: "placement",
        group: .continuations,
        summary: "The fork of the picture: the same code, its continuations in five places.",
        whatToLookFor: """
            The program is that of `fanout`; what changes is where the continuation of a completed \
            operation runs. worker: the pool, as .NET on Linux. inline: the poller itself, one hop \
            less. context: a thread with a queue, as a user interface has; all user code on one \
            thread. limited: the pool's workers, but few at a time. dedicated: a scheduler with a \
            thread of its own. Follow the item in the pipeline line, look at hops and latency, and \
            see which thread is named in the rows of the state machines.
            """,
        suggestedKeys: [KeyHint(key: "v or r", effect: "the next place")],
        variants: Placement.allCases.map {
            Variant(name: $0.rawValue, sentence: "Continuations run on: \($0.rawValue).")
        },
        defaults: .clients(100, delay: .milliseconds(50), spread: .milliseconds(10)) {
            $0.processorTime = .microseconds(50)
        },
        clients: .connections,
        stage: { (context, address) throws(OperationError) in
            var stage = try serving(.awaited)(context, address)
            stage.background.append { await followVariant(context) }
            return stage
        }
    )

    /// Places continuations as the variant says, each time that it changes.
    private static func followVariant(_ context: ScenarioContext) async {
        var variant = 0
        while !Task.isCancelled, !context.isEnding {
            let asked = context.settings.variant
            if asked != variant {
                variant = asked
                context.runtime.placement = Placement.allCases[asked]
            }
            guard (try? await context.runtime.sleep(for: .milliseconds(100))) != nil else { return }
        }
    }

    /// How many hops a chain of awaits takes.
    package static let hops = Scenario(
        name: "hops",
        group: .continuations,
        summary: "A chain of five awaits: in place, queued each time, or with a yield each time.",
        whatToLookFor: """
            Each machine awaits five completions in a row, then rests. In place all five run on \
            the poller: no change of thread. Queued (RunContinuationsAsynchronously) each is a hop \
            to a worker: look at the column hops, and at the latency of the chain. With a yield \
            after each the continuation goes to the end of the shared queue once more. The work \
            is the same; what differs is how often it changes hands.
            """,
        suggestedKeys: [KeyHint(key: "v", effect: "in place, queued, yield")],
        variants: [
            Variant(name: "inline", sentence: "All five continuations run on the poller."),
            Variant(name: "queued", sentence: "Each continuation is queued to a worker."),
            Variant(name: "yield", sentence: "Each is queued, and yields once."),
        ],
        defaults: .clients(50, delay: .milliseconds(50), spread: .milliseconds(20)),
        clients: .machines(10_000),
        configure: { $0.placement = .inline },
        caption: { snapshot, context in
            let p50 = snapshot.requests.latencyMicroseconds.p50
            let name = ["inline", "queued", "yield"][min(context.settings.variant, 2)]
            return "A chain of five awaits, \(name): \(p50) microseconds for half of them."
        },
        stage: { (context, _) throws(OperationError) in
            Stage(client: { await Chain(context: context, number: $0).run() })
        }
    )

    /// On which kind of thread the callback runs.
    package static let whichthread = Scenario(
        name: "whichthread",
        group: .continuations,
        summary: "The reader's experiment: on which kind of thread did the callback run?",
        whatToLookFor: """
            Under the article a reader asks on which thread the callback of an HTTP client runs, \
            and gets another answer on each system. Here each client notes the thread on which it \
            went on after its answer had come. With placement worker it is a worker; inline the \
            poller, as HttpClient on Windows since .NET Core 2.1; context, limited and dedicated \
            answer for themselves. Some go on where they were: the answer was there already, and \
            nothing was awaited.
            """,
        suggestedKeys: [KeyHint(key: "r", effect: "the next placement: another answer")],
        defaults: .clients(50, delay: .milliseconds(20), spread: .milliseconds(10)),
        clients: .connections,
        caption: { _, context in
            let counts = context.threads.all
            guard !counts.isEmpty else { return "No callback has run yet." }
            return "Callbacks ran on "
                + counts.map { "\($0.kind): \($0.count)" }
                .joined(separator: ", ") + "."
        },
        stage: serving(.awaited)
    )
}

/// Awaits five completions in a row.
private struct Chain: Sendable {
    let context: ScenarioContext
    let number: Int

    func run() async {
        var random = SeededRandom(seed: context.seed, stream: UInt64(number))
        do throws(OperationError) {
            while !Task.isCancelled {
                let begin = context.elapsed
                for _ in 0..<5 {
                    let variant = context.settings.variant
                    try await context.runtime.post(options: variant == 0 ? [] : .asynchronously)
                    if variant == 2 { await Task.yield() }
                }
                context.ledger.complete(after: context.elapsed - begin, hint: number)
                let (delay, spread) = context.settings.delay
                let rest = random.duration(around: delay, spread: spread)
                try await context.runtime.sleep(for: max(rest, .milliseconds(1)))
            }
        } catch {
            context.note(error)
        }
    }
}
