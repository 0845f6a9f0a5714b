// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Synchronization

/// The thread that looks after the pool twice a second, while there is something to look after.
///
/// Each tick measures the processors, looks for starvation, and tries again to create what could not
/// be created. Between ticks it carries out the delays of cooperative blocking. After two quiet
/// ticks it parks, until somebody asks for a worker.
///
/// | asker                                   | gate thread                                    |
/// |-----------------------------------------|------------------------------------------------|
/// | set the request flag                    | flag set, or blocking pending? another tick    |
/// | budget: exchange to full                | else budget: compare-exchange to one less (1)  |
/// | was nothing: unpark                     | nothing left: park                             |
///
/// An asker that comes before (1) makes it fail; one that comes after finds nothing and unparks. An
/// asker that finds the budget full leaves it: at least one more tick comes, and sees the flag.
final class GateThread: Sendable {
    /// As .NET's, which needs little.
    static let stackBytes = 256 * 1024

    private let parker = Parker()
    private let budget = Atomic<Int>(0)
    private let isStopped = Atomic<Bool>(false)

    /// Somebody asked for a worker.
    @inline(__always)
    func wake() {
        if budget.load(ordering: .relaxed) == GateBudget.quietTicks { return }
        refill()
    }

    @inline(never)
    private func refill() {
        if budget.exchange(GateBudget.quietTicks, ordering: .sequentiallyConsistent) == 0 {
            parker.unpark()
        }
    }

    /// There is something to do before the next tick.
    func interrupt() {
        budget.store(GateBudget.quietTicks, ordering: .sequentiallyConsistent)
        parker.unpark()
    }

    func stop() {
        isStopped.store(true, ordering: .sequentiallyConsistent)
        parker.unpark()
    }

    /// The thread's life.
    func run(for pool: WorkerPool) {
        var schedule = GateSchedule(start: .now)
        while !isStopped.load(ordering: .sequentiallyConsistent) {
            if budget.load(ordering: .sequentiallyConsistent) == 0 {
                parker.park()
                schedule = GateSchedule(start: .now)
            } else {
                parker.park(timeout: schedule.deadline.duration(since: .now))
            }
            let now = Instant.now
            schedule.delayEnd = pool.settleBlocking(delayEnd: schedule.delayEnd, now: now)
            guard schedule.takeTick(at: now) else { continue }
            endTick(isQuiet: pool.tick(at: now))
        }
    }

    private func endTick(isQuiet: Bool) {
        let left = budget.load(ordering: .sequentiallyConsistent)
        guard isQuiet, left > 0 else { return }
        _ = budget.compareExchange(
            expected: left,
            desired: left - 1,
            ordering: .sequentiallyConsistent
        )
    }
}
