// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Synchronization
package import Telemetry

// The short way: a call that may succeed at once, on the caller's thread, without an operation.
extension CompletionPort {
    /// Tries a call on the caller's thread, without an operation, if nothing is queued before it and
    /// something may come of it.
    ///
    /// `call` says what it got, and whether it left nothing behind. `nil` is returned where the
    /// caller has to submit and wait.
    @inline(__always)
    package func tryNow<Value>(
        _ association: Association,
        _ direction: Direction,
        lane: ThreadLane,
        _ call: (Int32) -> (value: Value?, drained: Bool)
    ) -> Value? {
        guard let descriptor = openTry(association, direction) else { return nil }
        let (value, drained) = call(descriptor)
        closeTry(
            association,
            direction,
            value == nil ? .wouldBlock : .completed(drained: drained),
            lane: lane
        )
        return value
    }

    /// Lets the caller make calls of one direction, if nobody else does and nothing waits there.
    ///
    /// Returns the descriptor's number, or `nil` where the caller has to submit. What others submit
    /// meanwhile waits behind the caller, who ends the try by `closeTry`, or by submitting the rest
    /// of a call that could not be finished; so two writes at once do not mix their bytes.
    @inline(__always)
    package func openTry(_ association: Association, _ direction: Direction) -> Int32? {
        let descriptor = association.withRegistration { registration in
            registration.state.withLock { state -> Int32 in
                guard state.generation == association.generation else { return -1 }
                return state.io.beginTry(direction) ? state.descriptor : -1
            }
        }
        return descriptor >= 0 ? descriptor : nil
    }

    /// Ends a try that leaves nothing to submit.
    @inline(__always)
    package func closeTry(
        _ association: Association,
        _ direction: Direction,
        _ result: DescriptorState.Performed,
        lane: ThreadLane
    ) {
        association.withRegistration { registration in
            let (next, descriptor, mayRelease) = registration.state.withLock { state in
                (state.io.tried(direction, result), state.descriptor, state.io.mayRelease)
            }
            goOn(next, registration, descriptor, direction, mayRelease: mayRelease, lane: lane)
        }
    }

    /// Performs what waits behind a try or a submission, or lets go of the descriptor.
    @inline(__always)
    func goOn(
        _ next: DescriptorState.Next,
        _ registration: Registration,
        _ descriptor: Int32,
        _ direction: Direction,
        mayRelease: Bool,
        lane: ThreadLane
    ) {
        switch next {
        case .perform(let slot):
            perform(slot, registration, descriptor, direction, lane: lane) { slot in
                enter(CollectionOfOne(slot))
            }
        case .rest:
            if mayRelease { release(registration) }
        }
    }

    /// Completes an operation that was never submitted, because its call succeeded at once, with a
    /// packet all the same.
    ///
    /// What `skipOnSuccess` spares.
    package func completeAtOnce(
        _ operation: OperationReference,
        _ outcome: OperationOutcome,
        buffer: UInt32,
        lane: ThreadLane
    ) {
        unsafe operation.memory.pointee.buffer = UInt(buffer)
        // Under the lock that `end` looks at the phase under: a canceller must not write into it late.
        let index = unsafe operation.memory.pointee.registration.load(ordering: .relaxed)
        if let registration = registrations[index], index != 0 {
            registration.state.withLock { _ in operation.setPhase(.done) }
        } else {
            timers.withLock { _ in operation.setPhase(.done) }
        }
        complete(operation, outcome, on: lane)
    }
}
