// SPDX-License-Identifier: Apache-2.0

internal import AsyncRuntime
internal import Kernel

/// An item that is handed back and forth, and the time of each trip.
// INVARIANT: all variables are touched by one item at a time, which posts its successor as its last
// act; the pool's hand-over orders the two. The main thread reads after `parker` was unparked.
final class RoundTrips: @unchecked Sendable {
    struct Result {
        let count: Int
        let p50: UInt64
        let p99: UInt64
        let mean: UInt64

        init(_ samples: [UInt64], elapsed: UInt64) {
            let sorted = samples.sorted()
            count = sorted.count
            p50 = sorted[sorted.count / 2]
            p99 = sorted[sorted.count * 99 / 100]
            mean = elapsed / UInt64(sorted.count)
        }
    }

    private let warmUp: Int
    private let total: Int
    private var samples: [UInt64] = []
    private var trip = 0
    private var begin = Instant.now
    private var end = Instant.now
    private var start = Instant.now
    private let parker = Parker()

    init(_ count: Int, warmUp: Int) {
        self.warmUp = warmUp
        total = count + warmUp
        samples.reserveCapacity(count)
    }

    /// Starts the trips: over `there` and `back`, or only within `there`.
    func bounce(there: Runtime, back: Runtime?) {
        guard let back else { return there.submit { self.step(there, nil) } }
        back.submit { self.step(there, back) }
    }

    /// Sleeps until the last trip has ended.
    func finished() -> Result {
        parker.park()
        return Result(samples, elapsed: end.nanoseconds(since: begin))
    }

    private func step(_ there: Runtime, _ back: Runtime?) {
        let now = Instant.now
        if trip == warmUp { begin = now }
        if trip > warmUp { samples.append(now.nanoseconds(since: start)) }
        if trip == total {
            end = now
            parker.unpark()
            return
        }
        trip += 1
        start = now
        if let back {
            there.submit { back.submit { self.step(there, back) } }
        } else {
            there.submit { self.step(there, nil) }
        }
    }
}
