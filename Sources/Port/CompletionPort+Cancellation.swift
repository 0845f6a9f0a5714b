// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Synchronization
package import Telemetry

// The way out before time: cancelled, timed out.
extension CompletionPort {
    /// Ends an operation that still waits.
    ///
    /// One that has completed, or whose slot is used again, is left alone; one whose call is being
    /// made right now is ended unless the call succeeds.
    ///
    /// Returns whether it has been ended here and now.
    @discardableResult
    package func cancel(
        _ token: OperationToken,
        reason: EndReason = .cancelled,
        on lane: ThreadLane
    ) -> Bool {
        let operation = reference(token.slot)
        let index = unsafe operation.memory.pointee.registration.load(ordering: .relaxed)
        let ended: Bool
        if index == 0 {
            ended = timers.withLock { timers in
                switch operation.phase(of: token) {
                case .made:
                    unsafe operation.memory.pointee.reason = reason.rawValue
                    operation.setPhase(.ended)
                    return false
                case .waiting:
                    timers.queue.remove(token.slot)
                    operation.setPhase(.done)
                    return true
                default:
                    return false
                }
            }
        } else {
            guard let registration = registrations[index] else { return false }
            ended = registration.state.withLock { state in
                let phase = operation.phase(of: token)
                // A registration that the slot named in an earlier life: the token no longer fits.
                guard unsafe operation.memory.pointee.registration.load(ordering: .relaxed) == index
                else { return false }
                switch phase {
                case .made:
                    unsafe operation.memory.pointee.reason = reason.rawValue
                    operation.setPhase(.ended)
                    return false
                case .waiting:
                    let direction = operation.kind.direction ?? .read
                    guard state.io.end(token.slot, direction, reason) else { return false }
                    operation.setPhase(.done)
                    return true
                default:
                    return false
                }
            }
        }
        // Who cancels a task has its record until this returns: others would wait for a held thread.
        if ended { complete(operation, reason.outcome, on: lane, mayBeHeld: false) }
        return ended
    }

    /// Names the operation in a slot for somebody who is not its owner, if it waits, and on behalf
    /// of `subject`; `nil` otherwise.
    ///
    /// Its words are read under the lock without which nobody takes it out of where it waits.
    /// Operations that stand for a job or a closure are left alone: whoever waits for those has no
    /// await that could throw.
    package func token(ofWaiting slot: UInt32, for subject: UInt64) -> OperationToken? {
        guard slot > 0, slot < slots.highWater else { return nil }
        let operation = reference(slot)
        let token = operation.token
        let index = unsafe operation.memory.pointee.registration.load(ordering: .relaxed)
        func isMeant() -> Bool {
            guard operation.phase(of: token) == .waiting else { return false }
            let present = unsafe operation.memory.pointee.registration.load(ordering: .relaxed)
            return present == index && operation.subject == subject
                && operation.role == .continuation
        }
        if index == 0 { return timers.withLock { _ in isMeant() } ? token : nil }
        return registrations[index]?.state.withLock { _ in isMeant() } == true ? token : nil
    }
}
