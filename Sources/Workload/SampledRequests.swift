// SPDX-License-Identifier: Apache-2.0

internal import AsyncRuntime
internal import Histogram
internal import Synchronization
package import Telemetry

/// The summary of the ledger, kept from one sample to the next.
// INVARIANT: `summary` is touched only inside `sample`, which traps where two threads are in it.
package final class SampledRequests: @unchecked Sendable {
    private let isSampling = Atomic(false)
    private var summary = RequestSummary()

    package init() {}

    /// Takes in what `ledger` has recorded since the last call, and states the figures.
    package func sample(
        _ ledger: RequestLedger,
        at elapsed: Duration,
        over span: RequestSpan
    ) -> RuntimeSnapshot.Requests {
        // Acquiring; pairs with the releasing store of the sample before.
        let isFree = !isSampling.exchange(true, ordering: .acquiring)
        precondition(isFree, "A workload is sampled by one thread at a time.")
        defer { isSampling.store(false, ordering: .releasing) }
        var fresh = LatencyHistogram.ofLatencies()
        ledger.drain(into: &fresh)
        let (completed, failed) = ledger.counts
        summary.add(fresh, completed: completed, at: elapsed)
        var requests = RuntimeSnapshot.Requests()
        requests.completed = completed
        requests.failed = failed
        requests.perSecond = summary.perSecond(over: span)
        requests.latencyMicroseconds = summary.percentiles(over: span)
        return requests
    }
}
