// SPDX-License-Identifier: Apache-2.0

internal import AsyncRuntime
internal import Synchronization
internal import Telemetry

extension Scenario {
    /// Hill climbing with something to climb.
    package static let hill = Scenario(
        name: "hill",
        group: .size,
        summary: "Hill climbing on stage: throughput that grows up to 20 threads, then flat load.",
        whatToLookFor: """
            Each item holds its thread for ten milliseconds without using the processor, and says \
            nothing of it: a driver that blocks. A service behind it serves 20 at a time, so \
            throughput grows with the threads up to 20 and not beyond. The pool cannot know; it \
            tries. Open the chart: the goal draws a small square wave, throughput answers, and \
            where the two go together the goal climbs (reason ClimbingMove). Then change the \
            variant to flat: items use the processor instead, more threads help nothing, and the \
            goal comes down again.
            """,
        suggestedKeys: [
            KeyHint(key: "c", effect: "the chart: goal and throughput over time"),
            KeyHint(key: "v", effect: "flat load: more threads help nothing"),
            KeyHint(key: "o", effect: "hill climbing off: the goal stays where it is"),
        ],
        variants: [
            Variant(name: "climb", sentence: "Items wait for a service that serves 20 at a time."),
            Variant(name: "flat", sentence: "Items use the processor: more threads help nothing."),
        ],
        defaults: .clients(200, delay: .milliseconds(10)),
        clients: .machines(10_000),
        configure: { $0.starvationDetection = false },
        caption: { snapshot, _ in
            "Goal \(snapshot.workers.goal), \(Int(snapshot.requests.perSecond)) items a second, "
                + "\(snapshot.queues.global) wait in the shared queue."
        },
        stage: { (context, _) throws(OperationError) in
            let service = LimitedService()
            return Stage(client: { number in
                await HillItem(context: context, service: service, number: number).run()
            })
        }
    )
}

/// A service that serves so many callers at a time: with more of them each waits longer.
private final class LimitedService: Sendable {
    private static let capacity = 20
    private let callers = Atomic(0)

    /// How long a call takes, begun now.
    func enter(taking time: Duration) -> Duration {
        let callers = callers.add(1, ordering: .relaxed).newValue
        return time * max(1, Double(callers) / Double(Self.capacity))
    }

    func leave() { callers.subtract(1, ordering: .relaxed) }
}

private struct HillItem: Sendable {
    let context: ScenarioContext
    let service: LimitedService
    let number: Int

    func run() async {
        let runtime = context.runtime
        while !Task.isCancelled, !context.isEnding {
            do throws(OperationError) {
                // Through the port, so that every item comes out of the shared queue.
                try await runtime.post()
            } catch {
                return context.note(error)
            }
            let begin = context.elapsed
            if context.settings.variant == 0 {
                let time = service.enter(taking: context.settings.delay.delay)
                runtime.block(for: time, isReported: false)
                service.leave()
            } else {
                runtime.burn(for: .milliseconds(1))
            }
            context.ledger.complete(after: context.elapsed - begin, hint: number)
        }
    }
}
