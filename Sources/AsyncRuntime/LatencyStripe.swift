// SPDX-License-Identifier: Apache-2.0

package import Histogram
internal import Kernel
internal import Synchronization

/// Microseconds, in two significant digits.
package typealias LatencyHistogram = Histogram<UInt32>

extension LatencyHistogram {
    /// A minute is the longest latency told apart; what takes longer counts as a minute.
    package static let maximumMicroseconds: UInt64 = 60_000_000

    /// An empty one: a copy, which is made when something is recorded.
    ///
    /// Also the way to empty one: `reset` sets each count by itself, in code that is not specialised.
    package static func ofLatencies() -> LatencyHistogram { emptyLatencies }
}

private let emptyLatencies = LatencyHistogram(
    highestTrackableValue: LatencyHistogram.maximumMicroseconds,
    numberOfSignificantValueDigits: .two
)

/// One of several histograms that threads record into, so that they seldom meet.
///
/// A flag says that somebody is in it. A recorder that finds it set goes to the next stripe and
/// never waits; only the sampler, a few times a second, tries until it is let in.
// INVARIANT: `histogram` is touched only by the thread that has changed `isTaken` from false to
// true and has not stored false again; the exchange acquires what that store releases.
package final class LatencyStripe: @unchecked Sendable {
    private let isTaken = Atomic(false)
    /// Shared with all that are empty until something is recorded; then some ten kilobytes.
    private let histogram = Unguarded(LatencyHistogram.ofLatencies())
    /// Beside the histogram: asking that would copy it.
    private var isEmpty = true

    package init() {}

    /// Records unless another thread is in the stripe; returns whether it did.
    package func tryRecord(microseconds: UInt64, count: UInt32 = 1) -> Bool {
        // Acquiring; pairs with the releasing store at the end of another use.
        guard !isTaken.exchange(true, ordering: .acquiring) else { return false }
        isEmpty = false
        let value = min(microseconds, LatencyHistogram.maximumMicroseconds)
        histogram.withValue { _ = $0.record(value, count: count) }
        isTaken.store(false, ordering: .releasing)
        return true
    }

    /// Moves everything recorded so far into `total`; returns false while another thread is in.
    package func tryDrain(into total: inout LatencyHistogram) -> Bool {
        // Acquiring; pairs with the releasing store at the end of another use.
        guard !isTaken.exchange(true, ordering: .acquiring) else { return false }
        var recorded: LatencyHistogram?
        if !isEmpty {
            recorded = histogram.withValue { histogram in
                defer { histogram = .ofLatencies() }
                return histogram
            }
            isEmpty = true
        }
        isTaken.store(false, ordering: .releasing)
        if let recorded { total.add(recorded) }
        return true
    }
}
