// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Whether somebody is going to look into the queues: the pool's one outstanding request.
///
/// What it means in each of its states, and why nothing is lost, stands at `WorkerPool`. All
/// operations are sequentially consistent, as the queues' are that stand beside them.
struct RequestFlag: ~Copyable {
    /// Nobody is on the way: whoever brings work asks.
    private static let clear: UInt8 = 0
    /// A worker was asked for and has not taken the request yet.
    private static let asked: UInt8 = 1
    /// A worker that ran out of work announced one more look; nobody else is needed meanwhile.
    private static let announced: UInt8 = 2

    private let state = Atomic<UInt8>(RequestFlag.clear)

    /// Whether a look into the queues is still to come.
    @inline(__always)
    var isCovered: Bool {
        state.load(ordering: .sequentiallyConsistent) != RequestFlag.clear
    }

    /// Whether a worker was asked for that has not come yet.
    var isOutstanding: Bool {
        state.load(ordering: .sequentiallyConsistent) == RequestFlag.asked
    }

    /// Asks for a worker; returns whether it was this call that asked.
    @inline(__always)
    func ask() -> Bool { set(RequestFlag.asked) }

    /// Announces a look by the worker that calls, unless one is to come anyway.
    @inline(__always)
    func announce() -> Bool { set(RequestFlag.announced) }

    /// By a worker that is going to look into the queues now.
    @inline(__always)
    func take() {
        _ = state.exchange(RequestFlag.clear, ordering: .sequentiallyConsistent)
    }

    @inline(__always)
    private func set(_ new: UInt8) -> Bool {
        // The load alone answers most of the time, without writing a line that all threads read.
        if isCovered { return false }
        return state.compareExchange(
            expected: RequestFlag.clear,
            desired: new,
            ordering: .sequentiallyConsistent
        ).exchanged
    }
}
