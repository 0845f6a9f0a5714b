// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Telemetry

/// Sums over all threads at the end of one epoch.
struct Totals: Sendable {
    var at = Instant(nanoseconds: 0)
    /// The same moment by the clock that never stands.
    var realAt: UInt64 = 0
    var counters = [Int](repeating: 0, count: Counter.allCases.count)
    var tallies = [[Int]](
        repeating: [Int](repeating: 0, count: Tally.rows),
        count: Tally.allCases.count
    )
    var progress = [Int](repeating: 0, count: Progress.allCases.count)
    var hops = 0
    var dropped = 0
    var processorNanoseconds = 0
    /// For how long pollers have been held by user code, that which has not ended included.
    var userNanoseconds = 0

    subscript(counter: Counter) -> Int { counters[counter.rawValue] }
    subscript(item: Progress) -> Int { progress[item.rawValue] }
    subscript(tally: Tally) -> [Int] { tallies[tally.rawValue] }
}
