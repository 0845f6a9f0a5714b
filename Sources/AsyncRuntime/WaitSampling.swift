// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// The sampler's reading of who waits for whom, and of the cycles in it.
///
/// At each snapshot while somebody looks at a machine or at the forest, where one is always chosen;
/// else once a second, for the cycles, which do not go away. The tasks are far apart in memory: a
/// thousand of them take a millisecond.
// INVARIANT: all mutable properties are touched only by whoever has the sampler's turn.
final class WaitSampling: @unchecked Sendable {
    /// Slots that are walked, and tasks among them that are looked at.
    private static let slotLimit: UInt32 = 8192
    private static let taskLimit = 1024
    /// Between two looks that nobody has asked for.
    private static let period: UInt64 = 1_000_000_000

    private var waits: [StateMachineRegistry.Wait] = []
    private var isAll = false
    /// In real time; `nil` before the first look.
    private var lookedAt: UInt64?

    /// Looks again, if it is time to; `isCounted` says that there are machines that have no slot.
    func look(at registry: StateMachineRegistry, isCounted: Bool, realNow now: UInt64) {
        guard registry.isTracking, TaskWaiters.isKnown else { return }
        if let lookedAt, !registry.watched.isAny, now &- lookedAt < WaitSampling.period { return }
        lookedAt = now
        let looked = registry.waits(
            slotLimit: WaitSampling.slotLimit,
            taskLimit: WaitSampling.taskLimit
        )
        waits = looked.waits
        isAll = looked.isAll && !isCounted
    }

    /// For the dashboard.
    var told: RuntimeSnapshot.Waits {
        var told = RuntimeSnapshot.Waits()
        told.isKnown = TaskWaiters.isKnown
        told.isAll = isAll
        told.waits = waits.map { wait in
            .init(waiter: Int(wait.waiter), awaited: Int(wait.awaited), isInGroup: wait.isInGroup)
        }
        return told
    }

    /// A sentence for each cycle; `names` are asked, if there is one, for functions by their machine's
    /// number.
    func deadlocks(_ names: () -> [Int: String]) -> [String] {
        let cycles = WaitCycles(waits).cycles
        guard !cycles.isEmpty else { return [] }
        let functions = names()
        return cycles.map { cycle in
            let names = cycle.map { number in
                let function = functions[Int(number)] ?? ""
                return function.isEmpty ? "#\(number)" : "#\(number) \(function)"
            }
            let round = (names + [cycle.first.map { "#\($0)" } ?? ""]).joined(separator: " -> ")
            return "Deadlock: tasks that await each other, \(round)"
        }
    }
}
