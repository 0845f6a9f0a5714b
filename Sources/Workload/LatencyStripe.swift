// SPDX-License-Identifier: Apache-2.0

internal import Histogram
internal import Synchronization

/// Microseconds, in two significant digits.
typealias LatencyHistogram = Histogram<UInt32>

extension LatencyHistogram {
    /// A minute is the longest latency told apart; what takes longer counts as a minute.
    static let maximumMicroseconds: UInt64 = 60_000_000

    static func ofLatencies() -> LatencyHistogram {
        LatencyHistogram(
            highestTrackableValue: maximumMicroseconds,
            numberOfSignificantValueDigits: .two
        )
    }
}

/// One of several histograms that requests record into, so that threads seldom meet.
///
/// A flag says that somebody is in it. A recorder that finds it set goes to the next stripe and
/// never waits; only the sampler, a few times a second, tries until it is let in.
// INVARIANT: `histogram` is touched only by the thread that has changed `isTaken` from false to
// true and has not stored false again; the exchange acquires what that store releases.
final class LatencyStripe: @unchecked Sendable {
    private let isTaken = Atomic(false)
    private var histogram = LatencyHistogram.ofLatencies()

    /// Records unless another thread is in the stripe; returns whether it did.
    func tryRecord(microseconds: UInt64) -> Bool {
        // Acquiring; pairs with the releasing store at the end of another use.
        guard !isTaken.exchange(true, ordering: .acquiring) else { return false }
        histogram.record(min(microseconds, LatencyHistogram.maximumMicroseconds))
        isTaken.store(false, ordering: .releasing)
        return true
    }

    /// Moves everything recorded so far into `total`; returns false while another thread is in.
    func tryDrain(into total: inout LatencyHistogram) -> Bool {
        // Acquiring; pairs with the releasing store at the end of another use.
        guard !isTaken.exchange(true, ordering: .acquiring) else { return false }
        if histogram.totalCount > 0 {
            total.add(histogram)
            histogram.reset()
        }
        isTaken.store(false, ordering: .releasing)
        return true
    }
}
