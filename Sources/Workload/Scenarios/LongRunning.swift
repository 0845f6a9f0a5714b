// SPDX-License-Identifier: Apache-2.0

internal import AsyncRuntime
internal import Telemetry

extension Scenario {
    /// A job that never ends, in the pool or on a thread of its own.
    package static let longrunning = Scenario(
        name: "longrunning",
        group: .size,
        summary: "One item that never ends holds one of two workers; LongRunning frees it.",
        whatToLookFor: """
            Requests that use the processor keep two workers busy, and one of the two runs a loop \
            that does next to nothing and never comes back. The number of threads is what it was, \
            no reason is logged, throughput is a third less: no counter of .NET's tells the \
            difference between a thread that works and one that is gone. Change the variant: the \
            same loop on a thread of its own (TaskCreationOptions.LongRunning), and both workers \
            work again.
            """,
        suggestedKeys: [
            KeyHint(key: "v", effect: "the loop moves to a thread of its own, and back"),
            KeyHint(key: "3 then +", effect: "a third worker hides the loss as well"),
        ],
        variants: [
            Variant(name: "pool", sentence: "The endless loop holds a worker of the pool."),
            Variant(name: "dedicated", sentence: "The endless loop has a thread of its own."),
        ],
        defaults: .clients(16) {
            $0.processorTime = .milliseconds(2)
            $0.thinkTime = .milliseconds(2)
            $0.thinkSpread = .zero
        },
        clients: .connections,
        configure: {
            $0.workers = 2...$0.workers.upperBound
            $0.hillClimbing = false
            $0.starvationDetection = false
        },
        caption: { snapshot, context in
            let place = context.settings.variant == 0 ? "one of the workers" : "a thread of its own"
            return
                "The endless loop holds \(place); \(Int(snapshot.requests.perSecond)) requests/s "
                + "are answered."
        },
        stage: { (context, address) throws(OperationError) in
            var stage = try serving(.awaited)(context, address)
            stage.background.append { await LongJob(context: context).run() }
            return stage
        }
    )
}

/// The loop that never ends, moved to wherever the variant says.
private struct LongJob: Sendable {
    let context: ScenarioContext

    func run() async {
        while !Task.isCancelled, !context.isEnding {
            let variant = context.settings.variant
            await withCheckedContinuation { done in
                let loop: @Sendable () -> Void = {
                    endless(variant)
                    done.resume()
                }
                if variant == 0 {
                    context.runtime.submit(loop)
                } else if (try? context.runtime.postToDedicated(loop)) == nil {
                    done.resume()
                }
            }
        }
    }

    /// Ends only with the scenario, or when the variant changes.
    private func endless(_ variant: Int) {
        while !context.isEnding, context.settings.variant == variant {
            context.runtime.block(for: .milliseconds(20), isReported: false)
        }
    }
}
