// SPDX-License-Identifier: Apache-2.0

internal import Port
internal import Synchronization
internal import Telemetry

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

    /// What the machine in a slot awaited last; nothing for slot 0.
    func place(_ slot: UInt32) -> AwaitPlace {
        guard slot != 0 else { return AwaitPlace() }
        let memory = unsafe pointer(slot)
        return AwaitPlace(
            site: Int(unsafe memory.pointee.site.load(ordering: .acquiring)),
            descriptor: unsafe memory.pointee.descriptor.load(ordering: .acquiring)
        )
    }

    /// The same of a machine that has ended; nothing where its slot is another one's already.
    func place(_ slot: UInt32, ofFormer machine: UInt64) -> AwaitPlace {
        let place = place(slot)
        // Read last, which the acquiring loads before see to: it is still there if that was its.
        let number = unsafe pointer(slot).pointee.number.load(ordering: .relaxed)
        return UInt64(number) == machine ? place : AwaitPlace()
    }

    /// Looks for a machine by its number, in a walk over all slots; `nil` if there is none.
    ///
    /// For somebody who has asked for one machine, never for a thread at a hop.
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
