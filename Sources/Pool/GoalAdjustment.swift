// SPDX-License-Identifier: Apache-2.0

internal import Kernel

/// All that moves the goal, as one value: the limits, hill climbing, starvation, cooperative
/// blocking, and a hand at the keyboard.
///
/// It lives under the pool's adjustment lock; the goal changes under that lock only, so that hill
/// climbing hears of every change that was not its own.
package struct GoalAdjustment: Sendable {
    /// What can be switched off, as in .NET by settings of the runtime.
    package struct Switches: Equatable, Sendable {
        /// Whether throughput decides how many workers there are.
        package var hillClimbing = true
        /// Whether a worker that says that it blocks is made up for.
        ///
        /// Off is .NET before version 6.
        package var cooperativeBlocking = true
        /// Whether the gate thread adds a worker when nobody has taken work for too long.
        package var starvationDetection = true
        /// Whether a worker that is about to block gives its own items to everybody first: the cure
        /// of .NET 10 for work that waits in the queue of a worker that waits for it.
        package var localHandOver = true

        package init() {}
    }

    /// What follows from an event.
    struct Move {
        /// The new goal; `nil`: it stays.
        var goal: Int?
        var transitions: [HillClimbing.Transition] = []
        /// Whether a worker is released or created for it, if one has been asked for.
        var addsWorker = false
        var wakesGate = false
        /// What hill climbing measured, if it used a sample.
        var measurement: HillClimbing.Measurement?
    }

    private(set) var minimum: Int
    private(set) var maximum: Int
    var switches: Switches
    private(set) var hill: HillClimbing
    private(set) var blocking: BlockingAdjustment
    private var schedule: SampleSchedule
    private(set) var utilization = ProcessorUtilization()
    private var random = SystemRandomNumberGenerator()

    init(minimum: Int, maximum: Int, switches: Switches, processorCount: Int, now: Instant) {
        self.minimum = minimum
        self.maximum = maximum
        self.switches = switches
        var random = SystemRandomNumberGenerator()
        hill = HillClimbing(using: &random)
        _ = hill.forceChange(to: minimum, reason: .initializing, using: &random)
        blocking = BlockingAdjustment(parameters: .init(processorCount: processorCount))
        schedule = SampleSchedule(start: now, interval: hill.interval)
    }

    var limits: ClosedRange<Int> { minimum...maximum }
    var isBlockingPending: Bool { blocking.pending != .none }

    /// A worker found that a sample is due.
    ///
    /// Returns the move, and after what time to ask again.
    mutating func sample(
        at now: Instant,
        completions: Int,
        counts: ThreadCounts
    ) -> (move: Move, interval: Duration) {
        let taken = schedule.takeSample(
            at: now,
            completions: completions,
            counts: counts,
            isBlockingPending: isBlockingPending
        )
        guard let taken else { return (Move(), HillClimbing.retryInterval) }
        let adjustment = hill.update(
            HillClimbing.Sample(
                goal: counts.goal,
                elapsed: taken.elapsed,
                completions: taken.completions,
                minimum: minimum,
                maximum: maximum,
                utilization: utilization.percent
            ),
            using: &random
        )
        schedule.wait(for: adjustment.interval)
        let move = Move(
            goal: adjustment.goal == counts.goal ? nil : adjustment.goal,
            transitions: adjustment.transitions,
            addsWorker: adjustment.goal > counts.goal,
            measurement: adjustment.measurement
        )
        return (move, adjustment.interval)
    }

    /// Half a second is over.
    mutating func tick(
        at now: Instant,
        processorTime: Duration,
        processorCount: Int,
        counts: ThreadCounts,
        sinceDequeue: Duration,
        isRequested: Bool
    ) -> Move {
        utilization.update(processorTime, at: now, processorCount: processorCount)
        let rule = StarvationRule(
            isEnabled: switches.starvationDetection,
            utilization: utilization.percent
        )
        let goal = rule.newGoal(
            counts: counts,
            maximum: maximum,
            sinceDequeue: sinceDequeue,
            isRequested: isRequested,
            isBlockingPending: isBlockingPending
        )
        guard let goal else { return Move() }
        return changed(to: goal, .starvation, addsWorker: true)
    }

    /// A worker is about to block, and said so.
    mutating func block(_ counts: ThreadCounts) -> Move {
        Move(wakesGate: blocking.block(goal: counts.goal, limits: limits))
    }

    /// It blocks no more.
    mutating func unblock(_ counts: ThreadCounts) -> Move {
        Move(wakesGate: blocking.unblock(goal: counts.goal, limits: limits))
    }

    /// Moves the goal towards what blocked workers need; the gate thread's.
    mutating func settleBlocking(
        _ tick: BlockingAdjustment.Tick
    ) -> (move: Move, delay: Duration?) {
        let outcome = blocking.perform(tick)
        guard let goal = outcome.goal else { return (Move(), outcome.delay) }
        let move = changed(to: goal, .cooperativeBlocking, addsWorker: outcome.addsWorker)
        return (move, outcome.delay)
    }

    /// Whether the gate thread has to carry out the blocking adjustment now, or wait for the end of
    /// its delay.
    func isBlockingDue(at now: Instant, delayEnd: Instant?) -> Bool {
        guard isBlockingPending else { return false }
        guard let delayEnd, now < delayEnd else { return true }
        return blocking.pending == .immediately
    }

    /// An idle worker has waited long enough; the lowest goal that it may leave behind.
    func floor(_ goal: Int) -> Int { blocking.lowestGoal(goal: goal, limits: limits) }

    /// The goal is another one by now, for a reason that lies outside.
    mutating func note(_ goal: Int, _ reason: AdjustmentReason) -> [HillClimbing.Transition] {
        hill.forceChange(to: goal, reason: reason, using: &random).map { [$0] } ?? []
    }

    /// New limits, as by SetMinThreads and SetMaxThreads.
    ///
    /// A goal below the new minimum or above the new maximum follows at once. A goal that is the
    /// old minimum follows it down, too; in .NET it stays until workers time out, but nobody
    /// presses a key to see nothing.
    mutating func resize(
        minimum newMinimum: Int,
        maximum newMaximum: Int,
        counts: ThreadCounts,
        reason: AdjustmentReason
    ) -> Move {
        let wasAtMinimum = counts.goal == minimum
        let isRaised = newMinimum > minimum
        minimum = newMinimum
        maximum = newMaximum
        if isRaised, blocking.minimumChanged() { return Move(wakesGate: true) }
        var goal = min(max(counts.goal, newMinimum), newMaximum)
        if wasAtMinimum, blocking.blockedCount == 0 { goal = newMinimum }
        guard goal != counts.goal else { return Move() }
        return changed(to: goal, reason, addsWorker: goal > counts.goal)
    }

    private mutating func changed(
        to goal: Int,
        _ reason: AdjustmentReason,
        addsWorker: Bool
    ) -> Move {
        Move(goal: goal, transitions: note(goal, reason), addsWorker: addsWorker)
    }
}
