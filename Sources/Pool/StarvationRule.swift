// SPDX-License-Identifier: Apache-2.0

/// Whether the gate thread adds a worker because nobody has taken work for too long.
///
/// The gate thread calls ``newGoal(counts:maximum:sinceDequeue:isRequested:isBlockingPending:)``
/// every ``period``, under the adjustment lock. On a goal it sets it, tells hill climbing
/// (`forceChange`, `Starvation`), leaves the lock and adds one worker. That worker refreshes the
/// time of the last dequeue just after this tick, so the next one often finds too little time
/// gone: hence one or two threads a second.
package struct StarvationRule: Equatable, Sendable {
    /// Between two looks of the gate thread, as in .NET.
    package static let period = Duration.milliseconds(500)
    /// Per cent of CPU from which patience grows with the goal, as in .NET.
    package static let lowUtilization = 80

    package var isEnabled: Bool
    /// Per cent of all processors, measured at this tick.
    package var utilization: Int

    package init(isEnabled: Bool = true, utilization: Int = 0) {
        self.isEnabled = isEnabled
        self.utilization = utilization
    }

    /// How long nobody may have taken work before one is added.
    ///
    /// A busy machine gets a second for each thread: they may just be slow.
    package func patience(goal: Int) -> Duration {
        utilization < StarvationRule.lowUtilization
            ? StarvationRule.period : StarvationRule.period * (2 * goal)
    }

    /// The goal that lets one more worker in, or `nil` where the pool does not starve.
    package func newGoal(
        counts: ThreadCounts,
        maximum: Int,
        sinceDequeue: Duration,
        isRequested: Bool,
        isBlockingPending: Bool
    ) -> Int? {
        guard isEnabled, isRequested, !isBlockingPending,
            sinceDequeue > patience(goal: counts.goal)
        else { return nil }
        // Below the goal one is on its way already.
        guard counts.processing >= counts.goal, counts.processing < maximum else { return nil }
        return counts.processing + 1
    }
}
