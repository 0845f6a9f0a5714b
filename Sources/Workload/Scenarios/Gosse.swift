// SPDX-License-Identifier: Apache-2.0

internal import AsyncRuntime
internal import Telemetry

extension Scenario {
    /// Starvation that never recovers, and its cure.
    package static let gosse = Scenario(
        name: "gosse",
        group: .starvation,
        summary: "Kevin Gosse's inversion: new threads take new requests, old ones never end.",
        whatToLookFor: """
            Five requests a second come into the shared queue, after a burst of forty. Each puts a \
            short child item into its worker's own queue and blocks until that has run. Anyone may \
            steal the child, but a worker looks into the shared queue first, finds another request \
            there, and blocks as well. The gate thread adds one or two workers a second, fewer \
            than requests come: the pool grows for ever and answers nothing. Now switch local \
            hand-over on (.NET 10): a worker that is about to block gives its own items to the \
            high-priority queue, where the next free worker finds them first. The backlog is gone \
            in moments.
            """,
        suggestedKeys: [
            KeyHint(key: "o", effect: "local hand-over on: the cure"),
            KeyHint(key: "v", effect: "another burst of forty"),
        ],
        variants: [
            Variant(name: "burst", sentence: "A burst of forty, then five a second."),
            Variant(name: "another", sentence: "Another burst of forty, then five a second."),
        ],
        defaults: .clients(0) { $0.ratePerSecond = 5 },
        configure: {
            $0.cooperativeBlocking = false
            $0.localHandOver = false
            $0.hillClimbing = false
        },
        caption: { snapshot, _ in
            "\(snapshot.queues.local.reduce(0, +)) children queue at blocked workers, "
                + "\(snapshot.queues.global) requests queue; "
                + "\(snapshot.requests.completed) answered."
        },
        stage: { (context, _) throws(OperationError) in
            let feeder = Feeder(context: context)
            do {
                try context.runtime.postToDedicated { feeder.feed() }
            } catch {
                throw .limit("\(error)")
            }
            return Stage()
        }
    )
}

/// Feeds requests from a thread of its own, so that it feeds a starving pool, too.
private struct Feeder: Sendable {
    let context: ScenarioContext

    private static let burst = 40

    func feed() {
        var variant = -1
        while !context.isEnding {
            if context.settings.variant != variant {
                variant = context.settings.variant
                for _ in 0..<Self.burst { request() }
            }
            request()
            let rate = max(0.1, context.settings.ratePerSecond ?? 5)
            context.runtime.block(for: .seconds(1) * (1 / rate), isReported: false)
        }
    }

    private func request() {
        let begin = context.elapsed
        _ = context.start {
            let runtime = context.runtime
            do throws(OperationError) {
                try runtime.resultOfQueued { runtime.burn(for: .microseconds(100)) }
                context.ledger.complete(after: context.elapsed - begin, hint: 0)
            } catch {
                context.note(error)
            }
        }
    }
}
