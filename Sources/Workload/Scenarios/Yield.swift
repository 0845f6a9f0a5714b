// SPDX-License-Identifier: Apache-2.0

internal import AsyncRuntime
internal import Telemetry

extension Scenario {
    /// Loops that yield, and loops that do not.
    package static let yield = Scenario(
        name: "yield",
        group: .size,
        summary: "Busy loops beside requests: with Task.yield they share, without they do not.",
        whatToLookFor: """
            A few loops use the processor in slices of a millisecond beside 50 clients. With a \
            yield after each slice they go behind everything that waits in the shared queue, and \
            requests get their turn: look at p99. In the second variant each slice awaits a child \
            task instead. The child and then the continuation go to the worker's own queue, which \
            the worker prefers: the loops keep their threads, and no request is answered at all as \
            long as each worker has such a loop. In the third the loop does not await for a \
            quarter of a second.
            """,
        suggestedKeys: [
            KeyHint(key: "v", effect: "yield, child task, no await at all"),
            KeyHint(key: "4 then +", effect: "more clients wait beside the loops"),
        ],
        variants: [
            Variant(name: "yield", sentence: "The loops yield: to the end of the shared queue."),
            Variant(
                name: "local",
                sentence: "The loops await children: their own queue goes first."
            ),
            Variant(name: "hog", sentence: "The loops use the processor for 250 ms at a time."),
        ],
        defaults: .clients(50, delay: .milliseconds(10)),
        clients: .connections,
        configure: { $0.hillClimbing = false },
        stage: { (context, address) throws(OperationError) in
            var stage = try serving(.awaited)(context, address)
            for _ in 0..<4 {
                stage.background.append { await BusyLoop(context: context).run() }
            }
            return stage
        }
    )
}

private struct BusyLoop: Sendable {
    let context: ScenarioContext

    func run() async {
        while !Task.isCancelled, !context.isEnding {
            switch context.settings.variant {
            case 0:
                context.runtime.burn(for: .milliseconds(1))
                await Task.yield()
            case 1:
                context.runtime.burn(for: .milliseconds(1))
                await context.start {}.value
            default:
                context.runtime.burn(for: .milliseconds(250))
                await Task.yield()
            }
        }
    }
}
