// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// Machines that have awaited no operation of this runtime yet, by the function in which they are.
///
/// What a machine is in changes with its frames. So no thread keeps a tally of it, which would cost at
/// every change: the sampler counts on its walk over the slots.
struct PlainMachines {
    struct Count: Equatable {
        /// Running, or queued to run.
        var runnable = 0
        var suspended = 0

        static func + (one: Count, other: Count) -> Count {
            Count(
                runnable: one.runnable + other.runnable,
                suspended: one.suspended + other.suspended
            )
        }
    }

    /// Functions without machines keep their row for so long, lest rows come and go.
    private static let rememberedSeconds = 5.0

    /// By chain.
    private var counts = [Count](repeating: Count(), count: Tally.rows)
    /// Whether the walk has come to all slots.
    var isAll = false

    mutating func count(chain: Int, isSuspended: Bool) {
        guard counts.indices.contains(chain) else { return }
        if isSuspended { counts[chain].suspended += 1 } else { counts[chain].runnable += 1 }
    }

    /// By the names of functions; what has none is counted under the empty one.
    func byFunction(_ names: [String]) -> [String: Count] {
        var byFunction: [String: Count] = [:]
        for (chain, count) in counts.enumerated() where count != Count() {
            let name = names.indices.contains(chain) ? names[chain] : ""
            byFunction[name] = byFunction[name, default: Count()] + count
        }
        return byFunction
    }

    /// When functions were seen last, in seconds.
    struct Memory {
        private var seen: [String: Double] = [:]

        /// Adds functions that were seen a short time ago, with no machines.
        mutating func complete(_ counts: [String: Count], at now: Double) -> [String: Count] {
            for name in counts.keys { seen[name] = now }
            seen = seen.filter { now - $0.value <= PlainMachines.rememberedSeconds }
            return counts.merging(seen.mapValues { _ in Count() }) { count, _ in count }
        }
    }
}

extension PlainMachines {
    /// Puts the machines of row 0, which has no function, into the rows of theirs.
    ///
    /// Of more machines than the walk came to, the others stay where they are.
    func spread(
        over rows: inout [RuntimeSnapshot.FunctionRow],
        _ counts: [String: Count]
    ) {
        let others = counts[""] ?? Count()
        let named = counts.filter { !$0.key.isEmpty }.sorted { $0.key < $1.key }
        let inAll = named.reduce(Count()) { $0 + $1.value }
        if isAll {
            // Counted at one moment, which is not that of the tallies.
            rows[0].running = others.runnable
            rows[0].suspended = others.suspended
        } else {
            rows[0].running = max(0, rows[0].running - inAll.runnable)
            rows[0].suspended = max(0, rows[0].suspended - inAll.suspended)
        }
        for (name, count) in named {
            let place = rows.firstIndex { $0.function == name }
            if place == nil {
                rows.append(.init(function: name, running: 0, waiting: [:], donePerSecond: 0))
            }
            let row = place ?? rows.count - 1
            rows[row].running += count.runnable
            rows[row].suspended += count.suspended
        }
    }
}
