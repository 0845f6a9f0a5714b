// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Telemetry

/// All lanes of a runtime, so that the sampler finds every thread's counters, and the totals of
/// those whose threads have ended.
final class LaneRegistry: Sendable {
    private struct State {
        var lanes: [ThreadLane] = []
        /// Lanes whose thread has ended and whose last counts are not read yet.
        var ended: [ThreadLane] = []
        var freeIndices: [Int] = []
        var nextIndex = 0
    }

    let epoch = CounterEpoch()
    private let state = Lock(State())

    func make(kind: ThreadLane.Kind, number: Int) -> ThreadLane {
        let index = state.withLock { state -> Int in
            if let index = state.freeIndices.popLast() { return index }
            state.nextIndex += 1
            return state.nextIndex - 1
        }
        let lane = ThreadLane(
            kind: kind,
            number: number,
            index: index,
            epoch: epoch,
            // Enough for the sampler's period at 40 000 events a second; what is more is dropped
            // and counted. Pages that are never written take no memory.
            eventCapacity: kind == .other ? 64 : 4096
        )
        state.withLock { $0.lanes.append(lane) }
        return lane
    }

    /// The lane's thread counts no more.
    func retire(_ lane: ThreadLane) {
        state.withLock { state in
            state.lanes.removeAll { $0 === lane }
            state.ended.append(lane)
            state.freeIndices.append(lane.index)
        }
    }

    /// Lanes that are in use, and those that have ended since the last call with `takeEnded`.
    func all(takeEnded: Bool) -> (lanes: [ThreadLane], ended: [ThreadLane]) {
        state.withLock { state in
            defer { if takeEnded { state.ended = [] } }
            return (state.lanes, state.ended)
        }
    }
}
