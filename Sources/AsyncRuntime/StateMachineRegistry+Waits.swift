// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

// Who waits for whom, for the sampler.
extension StateMachineRegistry {
    /// One task that waits for the end of another one.
    struct Wait: Hashable, Sendable {
        var waiter: UInt32
        var awaited: UInt32
        /// Whether it awaits the group to which the other one belongs, and not that one alone.
        var isInGroup = false
    }

    /// As many tasks as are told that wait for the same value.
    private static let waitersTold = 16

    /// The waits for tasks in the first `slotLimit` slots, of which `taskLimit` are looked at; and
    /// whether those are all that there are.
    func waits(slotLimit: UInt32, taskLimit: Int) -> (waits: [Wait], isAll: Bool) {
        var waits: [Wait] = []
        var looked = 0
        var isAll = true
        let end = min(limit, slotLimit)
        for slot in 1..<max(1, end) {
            let memory = unsafe pointer(slot)
            let task = unsafe memory.pointee.task.load(ordering: .acquiring)
            guard task != 0 else { continue }
            guard looked < taskLimit else { return (waits, false) }
            looked += 1
            let number = unsafe memory.pointee.number.load(ordering: .relaxed)
            // A hazard pointer: the task's end waits while it is named here, see `finish`.
            hazard.store(task, ordering: .sequentiallyConsistent)
            if unsafe memory.pointee.task.load(ordering: .sequentiallyConsistent) == task {
                isAll = note(waitersFor: task, number, in: &waits) && isAll
            }
            hazard.store(0, ordering: .sequentiallyConsistent)
        }
        return (waits, isAll && end == limit)
    }

    /// Returns whether all that wait for the task's value have been noted.
    private func note(waitersFor task: UInt, _ number: UInt32, in waits: inout [Wait]) -> Bool {
        let limit = StateMachineRegistry.waitersTold
        let isAll = TaskWaiters.forEachValueWaiter(of: task, limit: limit) { waiter in
            waits.append(Wait(waiter: waiter, awaited: number))
        }
        let waiter = TaskWaiters.groupWaiter(of: task)
        if waiter != 0 { waits.append(Wait(waiter: waiter, awaited: number, isInGroup: true)) }
        return isAll
    }
}
