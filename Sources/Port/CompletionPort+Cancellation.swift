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
    package func cancel(
        _ token: OperationToken,
        reason: EndReason = .cancelled,
        on lane: ThreadLane
    ) {
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
            guard let registration = registrations[index] else { return }
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
        if ended { complete(operation, reason.outcome, on: lane) }
    }
}
