// SPDX-License-Identifier: Apache-2.0

package import Kernel
internal import Synchronization
package import SystemPackage
internal import Telemetry

/// The worker threads and their queues: .NET's portable thread pool, by its names and rules.
///
/// Work comes into the global queue, or, from a worker, into its own deque. A worker looks into its
/// own deque, then the high-priority queue, then the global one, then steals.
///
/// **Requests.** At most one request for a worker is outstanding, as a flag. Who sets it from clear
/// to asked releases a worker, or creates one, unless as many work as the goal says. A released
/// worker clears the flag and asks for the next before it runs what it found: growth is a chain, not
/// a herd. A worker that runs out of work sets it, too, if it is clear, to announced: it looks
/// around for a moment before it parks, one at a time, and nobody need be woken meanwhile.
///
/// | who brings work                   | worker                                         |
/// |-----------------------------------|------------------------------------------------|
/// | item into a queue                 | flag: exchange to clear (1)                    |
/// | flag: clear? compare-exchange to  | look into all queues; run what there is        |
/// |   asked (2)                       | nothing left, for the first time: flag clear?  |
/// | was clear: counts, compare-exch.: |   compare-exchange to announced; look around   |
/// |   processing < goal → + 1, wake   |   for a while; from the top                    |
/// |   else leave the flag set (4)     | again nothing: counts: processing - 1 (3)      |
/// |                                   | flag asked? counts: processing < goal → + 1,   |
/// |                                   |   and from the top; else wait                  |
///
/// No item is left behind: bringing an item, looking at the flag, clearing it and looking into the
/// queues are sequentially consistent. If (2) comes before (1), whether it found the flag set or set
/// it, the item came before (1), too, and the worker sees it when it looks. If (2) comes after (1),
/// it finds the flag set by somebody later than (1), or sets it. Who sets it to announced does (1)
/// afterwards in any case, found or not. Who sets it to asked, or the bringer itself, either releases
/// a worker or finds, at (4), `processing` at the goal; then some worker has not yet done (3). Both
/// (3) and (4) are sequentially consistent operations on the counts, and both are next to one on the
/// flag: that worker sees the flag asked, and goes on; or cleared, or announced, by somebody who
/// then looks.
/// The flag must be cleared *before* the queues are looked at; the other way round an item that
/// arrives in between waits for ever.
package final class WorkerPool: Sendable {
    /// How long an idle worker waits before it leaves, as in .NET.
    package static let idleTimeout = Duration.seconds(20)

    private struct State {
        var workers: [Int: Worker] = [:]
        /// Numbers of threads that are being started.
        var starting: Set<Int> = []
        /// No thread is started any more.
        var isStopped = false
        /// Items that workers have run that are gone.
        var executedByEnded = 0
    }

    /// Set by `start`, let go by `join`; each thread takes it along when it begins.
    let delegate = Lock<(any WorkerDelegate)?>(nil)
    private let state: Lock<State>
    let adjustment: Lock<GoalAdjustment>
    let gate = GateThread()
    let processorCount = ProcessStatus.processorCount
    /// Monotonic nanoseconds of the last time that a worker went for work.
    let lastDequeue = Atomic<UInt64>(0)
    /// When a worker has to look at the throughput.
    let nextSample = Atomic<UInt64>(0)
    let isSampling = Atomic<Bool>(false)
    private let counts: Atomic<UInt64>
    let request = RequestFlag()
    private let patience = SearchPatience()
    private let isStopped = Atomic<Bool>(false)
    let global = GlobalQueue()
    let highPriority = GlobalQueue()
    private let idle = IdleWorkers()
    private let queues = QueueTable()
    private let roster = ThreadRoster()
    private let idleNanoseconds: Atomic<Int>

    package init(
        minimum: Int,
        maximum: Int,
        switches: GoalAdjustment.Switches = GoalAdjustment.Switches(),
        idleTimeout: Duration = WorkerPool.idleTimeout
    ) {
        precondition(minimum >= 1 && minimum <= maximum && maximum <= ThreadCounts.limit)
        idleNanoseconds = Atomic(Int(idleTimeout.nanosecondsClamped))
        state = Lock(State())
        adjustment = Lock(
            GoalAdjustment(
                minimum: minimum,
                maximum: maximum,
                switches: switches,
                processorCount: ProcessStatus.processorCount,
                now: .now
            )
        )
        counts = Atomic(ThreadCounts(processing: 0, existing: 0, goal: minimum).word)
    }

    /// Gives the pool what runs its jobs, and starts the gate thread; before the first item.
    ///
    /// - Throws: `EAGAIN` where a limit of threads or memory is hit.
    package func start(delegate: any WorkerDelegate) throws(Errno) {
        self.delegate.withLock { $0 = delegate }
        try roster.start(name: "gate", stackBytes: GateThread.stackBytes) {
            self.gate.run(for: self)
        }
    }

    // MARK: Enqueueing

    /// Appends to the global queue.
    package func enqueueGlobal(_ item: WorkItem) {
        global.append(item)
        requestWorker()
    }

    /// Pushes onto the queue of the worker that calls.
    package func enqueueLocal(_ item: WorkItem, on worker: Worker) {
        worker.queue.push(item)
        requestWorker()
    }

    /// Asks for a worker, unless a look into the queues is to come.
    ///
    /// The item before, and the flag's load, are sequentially consistent, as the worker's exchange
    /// and its look are: a load that comes before the exchange comes after an item that the look
    /// finds.
    @inline(__always)
    private func requestWorker() {
        if request.ask() { askForWorker() }
    }

    @inline(never)
    private func askForWorker() {
        addWorkingWorker()
        gate.wake()
    }

    // MARK: Threads

    /// Releases or creates one worker, if fewer work than the goal says.
    func addWorkingWorker() {
        switch update({ $0.addWorking() }) {
        case .none: break
        case .release: idle.release()
        case .create: createWorker()
        }
    }

    /// Changes the counts by compare-exchange and returns what `change` said.
    @discardableResult
    func update<Result>(_ change: (inout ThreadCounts) -> Result) -> Result {
        var word = counts.load(ordering: .sequentiallyConsistent)
        while true {
            var new = ThreadCounts(word: word)
            let result = change(&new)
            if new.word == word { return result }
            let (done, original) = counts.compareExchange(
                expected: word,
                desired: new.word,
                ordering: .sequentiallyConsistent
            )
            if done { return result }
            word = original
        }
    }

    private func createWorker() {
        roster.joinEnded()
        let free = state.withLock { state -> Int? in
            if state.isStopped { return nil }
            var number = 1
            while state.workers[number] != nil || state.starting.contains(number) { number += 1 }
            state.starting.insert(number)
            return number
        }
        guard let number = free, let delegate = delegate.withLock({ $0 }) else {
            couldNotCreate()
            return
        }
        let worker = Worker(
            number: number,
            lane: delegate.makeLane(kind: .worker, number: number),
            queue: queues[number]
        )
        state.withLock { $0.workers[number] = worker }
        do throws(Errno) {
            defer { state.withLock { _ = $0.starting.remove(number) } }
            try roster.start(name: "worker-\(number)") { self.main(worker, delegate) }
        } catch {
            state.withLock { _ = $0.workers.removeValue(forKey: number) }
            delegate.workerFailedToStart(worker, "\(error)")
            couldNotCreate()
        }
    }

    /// Takes back that a worker was counted in.
    ///
    /// One that waits is released in its place; where there is none the request stays, and the gate
    /// thread tries again.
    private func couldNotCreate() {
        let isReleased = update { counts -> Bool in
            counts.existing -= 1
            // Somebody waits: the release that was meant for the new thread goes to it.
            if counts.existing >= counts.processing { return true }
            counts.processing -= 1
            return false
        }
        if isReleased { idle.release() }
    }

    private func main(_ worker: Worker, _ delegate: any WorkerDelegate) {
        // A worker that is woken leaves the processor to whoever brought the work, who may be about
        // to bring more; .NET's threads park with this policy, too. An idle processor takes it at once.
        CurrentThread.preferThroughput()
        delegate.workerStarted(worker)
        repeat {
            dispatch(worker, delegate)
        } while waitForRelease(worker, delegate)
        worker.setState(.leaving, at: .now)
        delegate.workerEnded(worker)
        state.withLock { state in
            state.workers.removeValue(forKey: worker.number)
            state.executedByEnded += worker.lane.progress(.executed)
        }
    }

    /// Items that have been run.
    var completions: Int {
        state.withLock { state in
            state.workers.values.reduce(state.executedByEnded) {
                $0 + $1.lane.progress(.executed)
            }
        }
    }

    /// Waits until it is released.
    ///
    /// Returns `false` when the thread has to end.
    private func waitForRelease(_ worker: Worker, _ delegate: any WorkerDelegate) -> Bool {
        while true {
            if isStopped.load(ordering: .sequentiallyConsistent) { return false }
            delegate.workerRests(worker)
            let start = Instant.now
            if idle.wait(worker, timeout: idleTimeout) {
                if worker.takeRecall() { continue }
                patience.slept(for: Instant.now.duration(since: start))
                return !isStopped.load(ordering: .sequentiallyConsistent)
            }
            if mayLeave() { return false }
        }
    }

    /// An idle worker has waited long enough; returns whether it may end.
    private func mayLeave() -> Bool {
        let (mayLeave, from, transitions) = adjustment.withLock {
            adjustment -> (Bool, Int, [HillClimbing.Transition]) in
            let (mayLeave, from, to) = update { counts -> (Bool, Int, Int) in
                let from = counts.goal
                let mayLeave = counts.timeOut(minimum: adjustment.floor(counts.goal))
                return (mayLeave, from, counts.goal)
            }
            return (mayLeave, from, from == to ? [] : adjustment.note(to, .threadTimedOut))
        }
        tell(transitions, from: from)
        return mayLeave
    }

    // MARK: Working

    /// Runs work until there is none, or until more work than the goal says.
    ///
    /// The worker is counted as processing on entry and is not on return.
    private func dispatch(_ worker: Worker, _ delegate: any WorkerDelegate) {
        var maySearch = true
        while true {
            // Cleared before the queues are looked at; see the table above.
            request.take()
            let start = Instant.now
            worker.setState(.running, at: start)
            worker.keepReading(start)
            worker.lane.beginBusy(at: start.nanoseconds)
            lastDequeue.store(start.nanoseconds, ordering: .relaxed)
            let hasStopped = runWork(worker, delegate, since: start)
            let end = Instant.now
            worker.lane.endBusy(at: end.nanoseconds)
            if hasStopped { return }
            if maySearch, !isStopped.load(ordering: .relaxed), request.announce() {
                worker.setState(.spinning, at: end)
                maySearch = patience.search { hasWork(for: worker) }
                continue
            }
            update { $0.processing -= 1 }
            if isStopped.load(ordering: .sequentiallyConsistent) { return }
            guard request.isOutstanding else { return }
            guard update({ $0.comeBack() }) else { return }
            maySearch = true
        }
    }

    /// Returns whether the worker stopped because it is above the goal, and has counted itself out.
    private func runWork(
        _ worker: Worker,
        _ delegate: any WorkerDelegate,
        since start: Instant
    ) -> Bool {
        var quantumEnd = start.advanced(by: WorkerPool.quantum).nanoseconds
        while let item = findWork(worker) {
            // This item may block on one that waits behind it: ask for another worker first.
            if !request.isCovered, worker.queue.count > 0 || hasWork(for: nil) {
                requestWorker()
                // A thread may have been created.
                worker.keepReading(nil)
            }
            run(item, on: worker, delegate)
            ranItem(&quantumEnd)
            if ThreadCounts(word: counts.load(ordering: .relaxed)).isAboveGoal,
                update({ $0.stopIfAboveGoal() })
            {
                handOver(worker)
                return true
            }
            if isStopped.load(ordering: .relaxed) { break }
        }
        return false
    }

    /// Whether there seems to be work: in the queues of all, and in those that `worker` may steal
    /// from.
    private func hasWork(for worker: Worker?) -> Bool {
        if highPriority.hasItems || global.hasItems { return true }
        guard let worker else { return false }
        return queues.hasWork(for: worker)
    }

    /// Own queue, high-priority, global, then the other workers' queues.
    private func findWork(_ worker: Worker) -> WorkItem? {
        if let item = worker.queue.pop() { return item }
        if let item = highPriority.take() { return item }
        if let item = global.take() { return item }
        return queues.steal(for: worker)
    }

    @inline(__always)
    private func run(_ item: WorkItem, on worker: Worker, _ delegate: any WorkerDelegate) {
        if let bits = item.jobBits {
            delegate.run(jobBits: bits, on: worker)
        } else {
            item.callClosure()
            worker.keepReading(nil)
        }
        worker.lane.advance(.executed)
    }

    /// A worker that stops gives what is left in its queue to everybody, before all else.
    func handOver(_ worker: Worker) {
        var items: [WorkItem] = []
        while let item = worker.queue.steal() { items.append(item) }
        guard !items.isEmpty else { return }
        highPriority.append(items)
        requestWorker()
    }

    // MARK: Stopping

    /// Tells all workers to end after their item.
    ///
    /// Items that wait are not run.
    package func stop() {
        state.withLock { $0.isStopped = true }
        isStopped.store(true, ordering: .sequentiallyConsistent)
        gate.stop()
        idle.close()
    }

    /// Joins all threads.
    ///
    /// Returns the names of those that have not ended by `deadline`.
    package func join(until deadline: Instant) -> [String] {
        let pause = Parker()
        // A thread that is just being started is not on the roster yet.
        while state.withLock({ !$0.starting.isEmpty }), Instant.now < deadline {
            pause.park(timeout: .milliseconds(1))
        }
        let held = roster.join(until: deadline)
        // The delegate knows the pool: as long as each holds the other, neither goes.
        if held.isEmpty { delegate.withLock { $0 = nil } }
        return held
    }

    // MARK: Reading

    package var threadCounts: ThreadCounts {
        ThreadCounts(word: counts.load(ordering: .relaxed))
    }

    /// Workers that exist, in the order of their numbers.
    package var all: [Worker] {
        state.withLock { $0.workers.values.sorted { $0.number < $1.number } }
    }

    /// How long an idle worker waits before it leaves; those that wait begin anew at a change.
    package var idleTimeout: Duration {
        get { .nanoseconds(Int64(idleNanoseconds.load(ordering: .relaxed))) }
        set {
            idleNanoseconds.store(Int(newValue.nanosecondsClamped), ordering: .relaxed)
            idle.recall()
        }
    }

    package var globalCount: Int { global.count }
    package var highPriorityCount: Int { highPriority.count }
}

extension ThreadCounts {
    var isAboveGoal: Bool { processing > goal }
}
