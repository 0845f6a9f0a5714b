// SPDX-License-Identifier: Apache-2.0

package import Kernel
internal import Synchronization
package import SystemPackage
package import Telemetry

// Descriptors that belong to the port, from `associate` to the end of their last user.
extension CompletionPort {
    /// Associates a descriptor with the port, which closes it from now on.
    ///
    /// The maker holds the registration while it is made, so that closing the port meanwhile leaves
    /// the number to it: the number is closed and the registration given back once, by `release`.
    ///
    /// - Throws: what `epoll_ctl(2)` reports, or `EBADF` on a closed port; the descriptor is closed
    ///   then.
    package func associate(
        _ descriptor: consuming Descriptor,
        connectingTo address: SocketAddress? = nil
    ) throws(Errno) -> Association {
        let registration = registrations.take()
        let number = descriptor.release()
        let generation = registration.state.withLock { state in
            state.generation &+= 1
            state.descriptor = number
            state.address = address
            state.io = DescriptorState(isHeld: true)
            return state.generation
        }
        var failure: Errno?
        do throws(Errno) {
            try engine.add(number, key: UInt64(registration.index) << 32 | UInt64(generation))
        } catch {
            failure = error
        }
        let hasFailed = failure != nil
        let isOver = registration.state.withLock { state in
            // Nothing can wait on it yet.
            if hasFailed || isClosed.load(ordering: .sequentiallyConsistent) {
                _ = state.io.close()
            }
            state.io.letGo()
            return state.io.mayRelease
        }
        if isOver {
            release(registration)
            throw failure ?? .badFileDescriptor
        }
        return Association(
            registration: registration,
            generation: generation,
            descriptor: number
        )
    }

    /// Closes a descriptor: its waiting operations complete as closed; the number goes back to the
    /// kernel when the last thread that uses it has let go.
    package func close(_ association: Association, on lane: ThreadLane) {
        let registration = association.registration
        let (ended, mayRelease) = registration.state.withLock { state -> ([UInt32], Bool) in
            guard state.generation == association.generation, !state.io.isClosing else {
                return ([], false)
            }
            let ended = state.io.close()
            for slot in ended { reference(slot).setPhase(.done) }
            return (ended, state.io.mayRelease)
        }
        for slot in ended { complete(reference(slot), .closed, on: lane) }
        if mayRelease { release(registration) }
    }

    /// Calls `body` with the descriptor's number unless the association has ended.
    package func withDescriptor<Result>(
        _ association: Association,
        _ body: (Int32) throws(Errno) -> Result
    ) throws(Errno) -> Result {
        // A user in the state's sense would keep the number; for a moment's option call the lock
        // itself does, since `release` closes only after it has been seen there.
        try association.registration.state.withLock { state throws(Errno) in
            guard state.generation == association.generation, !state.io.isClosing else {
                throw .badFileDescriptor
            }
            return try body(state.descriptor)
        }
    }

    /// Closes the number and gives the registration back.
    ///
    /// Called once, by the last user.
    func release(_ registration: Registration) {
        let number = registration.state.withLock { state in
            let number = state.descriptor
            state.descriptor = -1
            // From here on the old key is stale.
            state.generation &+= 1
            return number
        }
        guard number >= 0 else { return }
        engine.close(number)
        registrations.put(registration)
    }
}
