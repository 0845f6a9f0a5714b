// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// Who waits for whom, as one snapshot has it, and the cycles in it.
struct WaitSampling {
    /// Slots that are walked, and tasks among them that are looked at: each takes a tenth of a
    /// microsecond or two.
    private static let slotLimit: UInt32 = 8192
    private static let taskLimit = 1024

    private let waits: [StateMachineRegistry.Wait]
    private let isAll: Bool

    /// `isCounted` says that there are machines that have no slot.
    init(of registry: StateMachineRegistry, isCounted: Bool) {
        guard registry.isTracking, TaskWaiters.isKnown else {
            waits = []
            isAll = false
            return
        }
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

    /// A sentence for each cycle; functions by their machine's number, where they are known.
    func deadlocks(_ functions: [Int: String]) -> [String] {
        WaitCycles(waits).cycles.map { cycle in
            let names = cycle.map { number in
                let function = functions[Int(number)] ?? ""
                return function.isEmpty ? "#\(number)" : "#\(number) \(function)"
            }
            let round = (names + [cycle.first.map { "#\($0)" } ?? ""]).joined(separator: " -> ")
            return "Deadlock: tasks that await each other, \(round)"
        }
    }
}
