// SPDX-License-Identifier: Apache-2.0

internal import Port
internal import Synchronization

extension StateMachineRegistry {
    /// What is known of a machine and of the operation that it awaits.
    struct Awaited {
        var function: String
        /// `nil` for a machine that awaits no operation.
        var kind: OperationKind?
        /// The operation's slot in the port.
        var operation: UInt32
        var descriptor: Int32
    }

    /// Looks for a machine by its number, in a walk over all slots; `nil` if there is none.
    func awaited(byMachine number: Int) -> Awaited? {
        for slot in 1..<max(1, limit) {
            let memory = unsafe pointer(slot)
            guard unsafe memory.pointee.number.load(ordering: .relaxed) == number,
                unsafe memory.pointee.task.load(ordering: .acquiring) != 0
            else { continue }
            let state = unsafe memory.pointee.state.load(ordering: .acquiring) >> 56
            let site = Int(unsafe memory.pointee.site.load(ordering: .relaxed))
            let known = sites.all.sites
            let kind =
                state >= State.waiting.rawValue
                ? OperationKind(rawValue: UInt8(state) - State.waiting.rawValue) : nil
            return Awaited(
                function: known.indices.contains(site) ? known[site].function : "",
                kind: kind,
                operation: unsafe memory.pointee.operation.load(ordering: .relaxed),
                descriptor: unsafe memory.pointee.descriptor.load(ordering: .relaxed)
            )
        }
        return nil
    }
}
