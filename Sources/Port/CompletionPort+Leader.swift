// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Synchronization
package import Telemetry

// What the leader does: wait in the kernel, look after the timers, end everything.
extension CompletionPort {
    /// Waits in the kernel and returns the slots whose operations became ready.
    func collect(
        into ready: inout [UInt32],
        events: inout [ReadinessEvent],
        lane: ThreadLane
    ) {
        var timeout = timers.withLock { timers -> Int64 in
            guard let earliest = timers.queue.earliest else {
                timers.sleepingUntil = .max
                return -1
            }
            let now = Instant.now.nanoseconds
            guard earliest > now else { return 0 }
            timers.sleepingUntil = earliest
            return Int64(clamping: earliest - now)
        }
        if timeout > 0, WorldClock.stands {
            // The time that is missing does not pass. Announced before it is asked once more: either
            // this thread sees the clock going on, or who lets it go on sees the announcement.
            waitsForWorldTime.store(true, ordering: .sequentiallyConsistent)
            // And the sleep has an end: not every runtime of the process is told.
            timeout = WorldClock.stands ? WorldClock.nap.nanosecondsClamped : 0
        }
        events.removeAll(keepingCapacity: true)
        engine.wait(timeout: timeout, limit: batchLimit, into: &events)
        if !events.isEmpty { handle(events, at: .now, into: &ready, lane: lane) }
        expire(into: &ready, lane: lane)
    }

    /// World time goes on: the leader may have timers that it could not wait for.
    package func worldTimeGoesOn() {
        if waitsForWorldTime.exchange(false, ordering: .sequentiallyConsistent) {
            engine.interrupt()
        }
    }

    /// Takes due timers out of the heap: sleeps are complete, timeouts end their operation.
    func expire(into ready: inout [UInt32], lane: ThreadLane) {
        let now = Instant.now
        var slept: [UInt32] = []
        var late: [OperationToken] = []
        timers.withLock { timers in
            timers.sleepingUntil = 0
            for _ in 0..<CompletionPort.timerBatch {
                guard let slot = timers.queue.popDue(at: now.nanoseconds) else { break }
                let operation = reference(slot)
                if operation.kind == .sleep {
                    operation.setPhase(.done)
                    slept.append(slot)
                } else {
                    // Live: it takes itself out of the heap, under this lock, before it is freed.
                    late.append(operation.token)
                }
            }
        }
        for slot in slept {
            prepare(reference(slot), .value(0), at: now, on: lane)
            ready.append(slot)
        }
        for token in late { cancel(token, reason: .timedOut, on: lane) }
    }

    /// Ends everything: registered descriptors are closed, waiting operations complete as closed,
    /// later ones complete at once.
    ///
    /// Packets are still delivered.
    package func close(on lane: ThreadLane) {
        isClosed.store(true, ordering: .sequentiallyConsistent)
        for registration in registrations.all {
            let generation = registration.state.withLock { state -> UInt32? in
                state.descriptor >= 0 ? state.generation : nil
            }
            guard let generation else { continue }
            close(
                Association(registration: registration, generation: generation, descriptor: -1),
                on: lane
            )
        }
        let sleepers = timers.withLock { timers -> [UInt32] in
            var slots: [UInt32] = []
            while let slot = timers.queue.popAny() {
                guard reference(slot).kind == .sleep else { continue }
                reference(slot).setPhase(.done)
                slots.append(slot)
            }
            return slots
        }
        for slot in sleepers { complete(reference(slot), .closed, on: lane) }
    }
}
