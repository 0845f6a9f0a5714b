// SPDX-License-Identifier: Apache-2.0

internal import AsyncRuntime
internal import Histogram
internal import Synchronization
internal import Telemetry

/// The books of the clients' requests: how many, how fast, how long.
package final class RequestLedger: Sendable {
    private let completed = Atomic(0)
    private let failed = Atomic(0)
    private let stripes: [LatencyStripe]

    /// - Parameter stripeCount: more stripes than threads that record at once; small in tests.
    package init(stripeCount: Int = 16) {
        stripes = (0..<stripeCount).map { _ in LatencyStripe() }
    }

    /// Enters an answered request.
    ///
    /// `hint` spreads clients over the stripes.
    package func complete(after latency: Duration, hint: Int) {
        let microseconds = UInt64(max(0, latency.wholeMicroseconds))
        var index = hint % stripes.count
        while !stripes[index].tryRecord(microseconds: microseconds) {
            index = (index + 1) % stripes.count
        }
        // Relaxed: a count, not a signal; the latencies have their own hand-over.
        completed.wrappingAdd(1, ordering: .relaxed)
    }

    /// Enters a request that got no answer or a wrong one.
    package func fail() {
        failed.wrappingAdd(1, ordering: .relaxed)
    }

    var counts: (completed: Int, failed: Int) {
        (completed.load(ordering: .relaxed), failed.load(ordering: .relaxed))
    }

    /// Moves all latencies recorded since the last call into `total`.
    func drain(into total: inout LatencyHistogram) {
        for stripe in stripes {
            // A recorder is in a stripe for some 50 ns, unless it was preempted just there.
            while !stripe.tryDrain(into: &total) {}
        }
    }
}
