// SPDX-License-Identifier: Apache-2.0

/// Cooperative blocking: makes up for workers that said that they block.
///
/// A worker calls ``block(goal:limits:)`` before it blocks and ``unblock(goal:limits:)`` after,
/// under the adjustment lock; `true` means: wake the gate thread, outside the lock. The gate
/// thread, while ``pending`` is not `none`, calls ``perform(_:)`` when it is woken (with
/// `isDelayOver: false`, unless a delay is running and the pending kind is `withDelay`: then it
/// waits on) and when the delay that the last call returned is over (`isDelayOver: true`).
/// After each call: set the goal, `forceChange` the hill climber (`CooperativeBlocking`),
/// leave the lock, add a worker if asked to.
package struct BlockingAdjustment: Equatable, Sendable {
    /// Numbers with .NET's defaults.
    package struct Parameters: Equatable, Sendable {
        /// Threads above the minimum that come at once.
        package var threadsToAddWithoutDelay: Int
        /// After so many more, the delay grows by a step.
        package var threadsPerDelayStep: Int
        package var delayStep = Duration.milliseconds(25)
        package var maxDelay = Duration.milliseconds(250)
        package var ignoresMemoryUsage = false

        package init(processorCount: Int) {
            threadsToAddWithoutDelay = processorCount
            threadsPerDelayStep = processorCount
        }

        var clamped: Parameters {
            var result = self
            result.threadsToAddWithoutDelay =
                min(max(0, threadsToAddWithoutDelay), ThreadCounts.limit)
            result.threadsPerDelayStep = min(max(1, threadsPerDelayStep), ThreadCounts.limit)
            let tick = Duration.milliseconds(1)
            result.maxDelay = max(tick, min(maxDelay, StarvationRule.period))
            result.delayStep = max(tick, min(delayStep, result.maxDelay))
            return result
        }
    }

    /// What the gate thread has to do.
    package enum Pending: Equatable, Sendable {
        case none
        /// Too many threads, or a new minimum: no delay that is running counts.
        case immediately
        case withDelay
    }

    /// What the gate thread knows when it adjusts.
    package struct Tick: Equatable, Sendable {
        package var counts: ThreadCounts
        /// Minimum and maximum of the pool.
        package var limits: ClosedRange<Int>
        package var isRequested: Bool
        /// Whether the delay of the last call has run out.
        package var isDelayOver: Bool
        /// Bytes in use and the limit of the control group, or of the machine; 0: no limit.
        package var usedBytes = 0
        package var limitBytes = 0

        package init(
            counts: ThreadCounts,
            limits: ClosedRange<Int>,
            isRequested: Bool,
            isDelayOver: Bool = false
        ) {
            self.counts = counts
            self.limits = limits
            self.isRequested = isRequested
            self.isDelayOver = isDelayOver
        }
    }

    /// What to do, and when to come back.
    package struct Outcome: Equatable, Sendable {
        /// The new goal; `nil`: it stays.
        package var goal: Int?
        package var addsWorker = false
        /// Before the next call; `nil`: there is nothing more to do.
        package var delay: Duration?
    }

    /// What a thread is thought to take of its stack when it gets to work, as in .NET.
    static let bytesPerThread = 64 * 1024

    package let parameters: Parameters
    package private(set) var blockedCount = 0
    /// Threads of the goal that are there because others block.
    package private(set) var addedCount = 0
    package private(set) var pending = Pending.none

    package init(parameters: Parameters) {
        self.parameters = parameters.clamped
    }

    /// The goal that makes up for those that block.
    package func target(limits: ClosedRange<Int>) -> Int {
        min(limits.lowerBound + blockedCount, limits.upperBound)
    }

    /// Below this a worker that times out does not take the goal.
    package func lowestGoal(goal: Int, limits: ClosedRange<Int>) -> Int {
        min(goal, target(limits: limits))
    }

    /// A worker is about to block; returns whether to wake the gate thread.
    package mutating func block(goal: Int, limits: ClosedRange<Int>) -> Bool {
        blockedCount += 1
        guard pending != .withDelay, goal < target(limits: limits) else { return false }
        defer { pending = .withDelay }
        return pending == .none
    }

    /// A worker blocks no more; returns whether to wake the gate thread.
    package mutating func unblock(goal: Int, limits: ClosedRange<Int>) -> Bool {
        precondition(blockedCount > 0, "More workers stopped blocking than blocked.")
        blockedCount -= 1
        guard pending != .immediately, addedCount > 0, goal > target(limits: limits)
        else { return false }
        pending = .immediately
        return true
    }

    /// The minimum was raised.
    ///
    /// Returns whether to wake the gate thread; where nobody blocks the caller raises the goal.
    package mutating func minimumChanged() -> Bool {
        guard blockedCount > 0, pending != .immediately else { return false }
        pending = .immediately
        return true
    }

    /// Moves the goal towards what the blocked workers need.
    package mutating func perform(_ tick: Tick) -> Outcome {
        pending = .none
        var outcome = Outcome()
        var goal = tick.counts.goal
        let target = target(limits: tick.limits)
        if goal > target { return lower(goal, to: target) }
        let atOnce = min(
            tick.limits.lowerBound + parameters.threadsToAddWithoutDelay,
            tick.limits.upperBound
        )
        // Threads that exist are released without a delay, too.
        let free = min(target, max(atOnce, min(tick.counts.existing, tick.limits.upperBound)))
        if goal < target, goal < free || tick.isDelayOver {
            let next = affordable(goal < free ? free : goal + 1, tick)
            // Starvation may still add one now and then, or all would wait for ever.
            guard next > goal else { return outcome }
            addedCount += next - goal
            outcome.goal = next
            outcome.addsWorker = tick.counts.processing >= goal && tick.isRequested
            goal = next
        }
        guard goal < target else { return outcome }
        pending = .withDelay
        let steps = 1 + max(0, goal - atOnce) / parameters.threadsPerDelayStep
        outcome.delay = min(parameters.delayStep * steps, parameters.maxDelay)
        return outcome
    }

    /// Takes back what blocking added, and nothing else.
    private mutating func lower(_ goal: Int, to target: Int) -> Outcome {
        let surplus = min(goal - target, addedCount)
        guard surplus > 0 else { return Outcome() }
        addedCount -= surplus
        return Outcome(goal: goal - surplus)
    }

    /// The goal that memory allows: four fifths of the limit, the rest is for emergencies.
    private func affordable(_ goal: Int, _ tick: Tick) -> Int {
        let existing = tick.counts.existing
        guard goal > existing, !parameters.ignoresMemoryUsage, tick.limitBytes > 0
        else { return goal }
        let threshold = tick.limitBytes / 10 * 8
        let used = tick.usedBytes + existing * BlockingAdjustment.bytesPerThread
        guard used < threshold else { return 0 }
        return min(goal, existing + (threshold - used) / BlockingAdjustment.bytesPerThread)
    }
}
