// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Synchronization
internal import SystemPackage
package import Telemetry

// The calls that readiness allows, made without a lock by one thread a direction.
extension CompletionPort {
    /// Makes the calls of one direction until there is nothing to do, and hands each slot whose
    /// operation is complete to `ready`.
    ///
    /// The first that is complete is stamped with `now`, where that is given.
    func perform(
        _ first: UInt32,
        _ registration: Registration,
        _ descriptor: Int32,
        _ direction: Direction,
        at now: Instant? = nil,
        lane: ThreadLane,
        ready: (UInt32) -> Void
    ) {
        var slot = first
        var now = now
        while true {
            let operation = reference(slot)
            let (outcome, drained) = call(operation, descriptor, registration, lane: lane)
            let result: DescriptorState.Performed =
                outcome == nil ? .wouldBlock : .completed(drained: drained)
            let (ended, next, mayRelease) = registration.state.withLock { state in
                let (ended, next) = state.io.performed(direction, result)
                if outcome != nil || ended != nil { operation.setPhase(.done) }
                return (ended, next, state.io.mayRelease)
            }
            if let final = outcome ?? ended?.outcome {
                prepare(operation, final, at: now ?? .now, on: lane)
                now = nil
                ready(slot)
            }
            switch next {
            case .perform(let following): slot = following
            case .rest:
                if mayRelease { release(registration) }
                return
            }
        }
    }

    /// The non-blocking call that readiness allows.
    ///
    /// `nil` where it would still have to wait.
    func call(
        _ operation: OperationReference,
        _ descriptor: Int32,
        _ registration: Registration,
        lane: ThreadLane
    ) -> (outcome: OperationOutcome?, drained: Bool) {
        switch operation.kind {
        case .read:
            let (buffer, result, drained) = receive(descriptor, lane: lane)
            unsafe operation.memory.pointee.buffer = UInt(buffer)
            return (result, drained)
        case .write:
            return (send(operation, descriptor), false)
        case .accept:
            return (acceptOne(descriptor), false)
        case .connect:
            return (connect(descriptor, registration), false)
        case .sleep, .post:
            preconditionFailure("\(operation.kind) has no call.")
        }
    }

    /// One `recv` into a buffer of the pool; 0 stands for no buffer.
    package func receive(
        _ descriptor: Int32,
        lane: ThreadLane
    ) -> (buffer: UInt32, outcome: OperationOutcome?, drained: Bool) {
        let buffer: UInt32
        do throws(SlotPool.Exhausted) {
            buffer = try buffers.slots.take(on: lane)
        } catch {
            return (0, .failed(.noMemory), false)
        }
        let address = unsafe buffers.slots.address(of: buffer)
        do throws(Errno) {
            let count = try unsafe receive(
                descriptor,
                into: address,
                count: BufferPool.bufferBytes
            )
            // Less than asked for: the socket was empty, and what comes later makes an edge. The
            // end of the stream stays readable.
            return (buffer, .value(count), count > 0 && count < BufferPool.bufferBytes)
        } catch {
            buffers.slots.put(buffer, on: lane)
            return (0, error == .wouldBlock ? nil : .failed(error), false)
        }
    }

    func send(_ operation: OperationReference, _ descriptor: Int32) -> OperationOutcome? {
        let memory = unsafe operation.memory
        guard let base = unsafe UnsafeRawPointer(bitPattern: memory.pointee.buffer) else {
            return .value(0)
        }
        // Not by reference into the slot: that would be an access to all of it, and a canceller may
        // be looking at the stamp.
        var sent = unsafe memory.pointee.result
        let count = unsafe memory.pointee.count
        let outcome = unsafe send(descriptor, base, count: count, sent: &sent)
        unsafe memory.pointee.result = sent
        return outcome
    }

    /// Sends until all bytes are gone (their number) or the socket is full (`nil`).
    package func send(
        _ descriptor: Int32,
        _ base: UnsafeRawPointer,
        count: Int,
        sent: inout Int
    ) -> OperationOutcome? {
        while sent < count {
            do throws(Errno) {
                sent += try unsafe send(descriptor, from: base + sent, count: count - sent)
            } catch {
                return error == .wouldBlock ? nil : .failed(error)
            }
        }
        return .value(count)
    }

    /// One connection.
    ///
    /// Where the process has no descriptor left the operation fails and the connection stays in the
    /// backlog: the direction is not drained, so the next accept finds it.
    package func acceptOne(_ descriptor: Int32) -> OperationOutcome? {
        while true {
            do throws(Errno) {
                return .value(Int(try engine.accept(descriptor)))
            } catch {
                switch error {
                case .wouldBlock: return nil
                // The peer gave up, or a network error that accept(2) says to treat as a retry.
                case .connectionAbort, Errno(rawValue: 71): continue
                default: return .failed(error)
                }
            }
        }
    }

    func connect(_ descriptor: Int32, _ registration: Registration) -> OperationOutcome? {
        // The address was set before the operation was made and stays until the registration ends.
        guard let address = registration.state.withLock({ $0.address }) else {
            return .failed(.invalidArgument)
        }
        do throws(Errno) {
            return try engine.connect(descriptor, to: address) ? .value(0) : nil
        } catch {
            return .failed(error)
        }
    }
}
