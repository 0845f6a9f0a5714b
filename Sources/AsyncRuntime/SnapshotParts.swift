// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Pool
internal import Port
internal import Synchronization
internal import Telemetry

/// The parts of a runtime that a snapshot is made of, and how it is put together.
struct SnapshotParts: Sendable {
    let registry: StateMachineRegistry
    let port: CompletionPort
    let pool: WorkerPool
    let pollers: PollerThreads
    let executor: PoolTaskExecutor
    let log: EventLog
    let stopSignal: StopSignal
    let tempo: Tempo
    let packetWaits: PacketWaits
    let states: StateSampling
    let waits = WaitSampling()
    let sought = SoughtMachines()

    /// Rows of machines on screen, and slots that are looked at to find them.
    private static let machineRowLimit = 256
    private static let machineWalkLimit = 8192

    func snapshot(_ totals: Totals, state: SamplerState, detailed: Bool) -> RuntimeSnapshot {
        var snapshot = RuntimeSnapshot()
        snapshot.elapsedSeconds = log.elapsedSeconds
        snapshot.engine = "epoll"
        snapshot.placement = executor.placement.rawValue
        fillCounts(&snapshot, totals)
        fillThreads(&snapshot)
        snapshot.pollers.userMicroseconds = totals.userNanoseconds / 1000
        let past = state.past
        let wall = Double(totals.at.nanoseconds(since: past.totals.at))
        let real = Double(totals.realAt &- min(past.totals.realAt, totals.realAt))
        snapshot.process.threads = ProcessStatus.threadCount
        snapshot.process.residentBytes = ProcessStatus.residentBytes
        if past.totals.at.nanoseconds > 0, real > 0 {
            let used = totals.processorNanoseconds - past.totals.processorNanoseconds
            snapshot.process.cpuPercent = Double(used) / real * 100
        }
        snapshot.process.processorMicroseconds = Int(
            ProcessStatus.processorTime.nanosecondsClamped / 1000
        )
        snapshot.process.contextSwitches = ProcessStatus.contextSwitches
        snapshot.process.machinePercent = state.machineLoad.percent
        snapshot.queues.oldestMicroseconds = state.ages.oldest.map {
            Int($0.nanosecondsClamped / 1000)
        }
        snapshot.telemetry.droppedEvents = totals.dropped
        snapshot.telemetry.samplerMicroseconds = state.microsecondsSpent
        let log = log.newest
        snapshot.adjustments = log.adjustments
        if !TaskLayout.isKnown {
            snapshot.diagnoses.append(
                "State machines are not tracked: the layout of tasks is not the one of Swift 6.3."
            )
        }
        snapshot.schedulers = schedulerRows(totals.at, past.lanes, wall / 1e9)
        snapshot.diagnoses += deadlocks(stopSignal.synchronousWaits)
        waits.look(
            at: registry,
            isCounted: snapshot.machines.onlyCounted > 0,
            realNow: totals.realAt
        )
        if detailed {
            fillDetail(&snapshot, totals, state)
            snapshot.detail?.states.waits = waits.told
            fillTempo(&snapshot)
            snapshot.detail?.tempo.realSeconds = self.log.realSeconds
            snapshot.detail?.events = log.events
            snapshot.detail?.eventsBefore = log.eventsBefore
        }
        snapshot.diagnoses += waits.deadlocks { snapshot.detail?.functionNames ?? [:] }
        return snapshot
    }

    /// A packet whose poller is held before it takes it is still in the port.
    private func fillTempo(_ snapshot: inout RuntimeSnapshot) {
        let tempo = tempo.look()
        snapshot.detail?.tempo = tempo
        let held = Set(tempo.held.compactMap(\.packet))
        guard !held.isEmpty, let packets = snapshot.detail?.packets else { return }
        let waiting = packets.filter { held.contains($0.number) }.map { packet in
            var packet = packet
            packet.isQueued = true
            return packet
        }
        snapshot.detail?.packets = waiting + packets.filter { !held.contains($0.number) }
    }

    private func fillCounts(_ snapshot: inout RuntimeSnapshot, _ totals: Totals) {
        snapshot.operations.submitted = totals[.submitted]
        snapshot.operations.inFlight = totals[.slots]
        snapshot.operations.completed = totals[.completed]
        snapshot.operations.failed = totals[.failed]
        snapshot.operations.cancelled = totals[.cancelled]
        snapshot.operations.timedOut = totals[.timedOut]
        snapshot.operations.synchronous = totals[.synchronous]
        snapshot.operations.raced = totals[.raced]
        snapshot.machines.inFlight = totals[.machinesStarted] - totals[.machinesFinished]
        snapshot.machines.onlyCounted = snapshot.machines.inFlight - totals[.machines]
        snapshot.machines.started = totals[.machinesStarted]
        snapshot.machines.finished = totals[.machinesFinished]
        let late = registry.chains.lateCounts
        snapshot.machines.chainsLeftOut = late.chains
        snapshot.machines.waysLeftOut = late.ways
        snapshot.machines.leftOut = max(0, totals[.chains].last ?? 0)
        snapshot.port.armed = totals[.armed]
        snapshot.port.timers = totals[.timers]
        snapshot.port.queued = totals[.packets] - totals[.dequeued]
        snapshot.port.dequeued = totals[.dequeued]
        snapshot.port.staleEvents = totals[.staleEvents]
        snapshot.queues.stolen = totals[.stolen]
    }

    private func fillThreads(_ snapshot: inout RuntimeSnapshot) {
        snapshot.port.queuedPeak = max(port.takePeak(), snapshot.port.queued)
        snapshot.port.concurrency = port.seating.concurrency
        snapshot.port.batch = port.batchLimit
        snapshot.port.waitMicroseconds = packetWaits.figures(atSeconds: log.elapsedSeconds)
        let pollers = pollers.all
        snapshot.pollers.count = pollers.count
        snapshot.pollers.minimum = self.pollers.minimum
        snapshot.pollers.maximum = self.pollers.maximum
        for poller in pollers {
            switch Poller.State(rawValue: poller.lane.state.value) {
            case .leader: snapshot.pollers.leader += 1
            case .running: snapshot.pollers.running += 1
            case .inline:
                snapshot.pollers.running += 1
                snapshot.pollers.inline += 1
            case .blocked: snapshot.pollers.blocked += 1
            case .waiting, nil: snapshot.pollers.waiting += 1
            }
        }
        let counts = pool.threadCounts
        let workers = pool.all
        snapshot.workers.minimum = pool.limits.minimum
        snapshot.workers.maximum = pool.limits.maximum
        snapshot.workers.goal = counts.goal
        snapshot.workers.existing = counts.existing
        snapshot.workers.processing = counts.processing
        snapshot.queues.local = workers.map(\.localCount)
        for worker in workers {
            switch Worker.State(rawValue: worker.lane.state.value) {
            case .parked: snapshot.workers.parked += 1
            case .blocked: snapshot.workers.blocked += 1
            default: break
            }
        }
        snapshot.queues.global = pool.globalCount
        snapshot.queues.highPriority = pool.highPriorityCount
    }

    // MARK: Detail

    private func fillDetail(
        _ snapshot: inout RuntimeSnapshot,
        _ totals: Totals,
        _ state: SamplerState
    ) {
        var detail = RuntimeSnapshot.Detail()
        let past = state.past
        let seconds = Double(totals.at.nanoseconds(since: past.totals.at)) / 1e9
        let perSecond = { (now: Int, then: Int) in
            seconds > 0 && past.totals.at.nanoseconds > 0 ? Double(now - then) / seconds : 0
        }
        detail.rates.submittedPerSecond = perSecond(totals[.submitted], past.totals[.submitted])
        detail.rates.completedPerSecond = perSecond(totals[.completed], past.totals[.completed])
        detail.rates.dequeuedPerSecond = perSecond(totals[.dequeued], past.totals[.dequeued])
        detail.rates.resumedPerSecond = perSecond(totals[.resumed], past.totals[.resumed])
        detail.rates.stolenPerSecond = perSecond(totals[.stolen], past.totals[.stolen])
        detail.rates.itemsPerSecond = perSecond(totals[.executed], past.totals[.executed])
        detail.rates.hopsPerSecond = perSecond(totals.hops, past.totals.hops)
        detail.rates.resumed = totals[.resumed]
        detail.rates.executed = totals[.executed]
        detail.packets =
            port.waitingPackets(limit: 32, now: totals.at) + state.takenPackets
        let search = sought.value
        var result = RuntimeSnapshot.MachineSearchResult()
        var plain = PlainMachines()
        let names = states.functionNames(of: registry)
        detail.machines = registry.rows(
            rowLimit: SnapshotParts.machineRowLimit,
            walkLimit: SnapshotParts.machineWalkLimit,
            search: search,
            result: &result,
            plain: &plain,
            functions: names,
            placement: executor.placement,
            setting: executor.placementSetting,
            now: totals.at.nanoseconds
        )
        if !search.filter.terms.isEmpty { detail.search = result }
        let machines = Dictionary(detail.machines.map { ($0.number, $0.function) }) { first, _ in
            first
        }
        detail.pollers = pollers.all.map { row($0, totals.at, past.lanes, seconds, machines) }
        let waits = Dictionary(
            stopSignal.synchronousWaits.map { ($0.thread, "\($0.function)") }
        ) { _, innermost in innermost }
        detail.workers = pool.all.map { worker in
            var row = row(worker, totals.at, past.lanes, seconds, machines)
            if let function = waits["worker-\(row.number)"] { row.function = function }
            return row
        }
        detail.functions = functions(totals, perSecond, past.totals) { rows in
            let counts = states.plain.complete(plain.byFunction(names), at: log.elapsedSeconds)
            plain.spread(over: &rows, counts)
        }
        detail.states = states.states(
            of: registry,
            totals,
            past.totals,
            perSecond: perSecond,
            log: log
        )
        detail.climber = climber
        detail.startedAtUnixSeconds = log.startedAtUnixSeconds
        detail.utcOffsetSeconds = log.utcOffsetSeconds
        detail.limits.pollers = RuntimeConfiguration.pollerLimit
        detail.limits.workers = RuntimeConfiguration.workerLimit
        let switches = pool.switches
        detail.switches.skipOnSuccess = port.skipOnSuccess.load(ordering: .relaxed)
        detail.switches.hillClimbing = switches.hillClimbing
        detail.switches.cooperativeBlocking = switches.cooperativeBlocking
        detail.switches.starvationDetection = switches.starvationDetection
        detail.switches.localHandOver = switches.localHandOver
        detail.switches.idleTimeoutMicroseconds = Int(pool.idleTimeout.nanosecondsClamped / 1000)
        detail.limits.placements = Placement.allCases.map(\.rawValue)
        snapshot.detail = detail
    }

    private var climber: RuntimeSnapshot.Climber {
        let report = pool.hillClimbing
        let measurement = report.measurement
        var climber = RuntimeSnapshot.Climber()
        climber.samples = report.sampleCount
        climber.sampleMicroseconds = Int(measurement.duration * 1e6)
        climber.intervalMicroseconds = Int(report.interval.nanosecondsClamped / 1000)
        climber.throughput = measurement.throughput
        climber.threadWave = measurement.threadWave
        climber.throughputWave = measurement.throughputWave
        climber.throughputErrorEstimate = measurement.throughputErrorEstimate
        climber.averageThroughputErrorEstimate = measurement.averageThroughputErrorEstimate
        climber.throughputRatio = measurement.throughputRatio
        climber.confidence = measurement.confidence
        climber.controlSetting = measurement.newControlSetting
        climber.waveMagnitude = measurement.newThreadWaveMagnitude
        climber.reason = measurement.reason.rawValue
        climber.utilizationPercent = report.utilization
        return climber
    }

    private func row(
        _ poller: Poller,
        _ now: Instant,
        _ past: [ObjectIdentifier: SamplerState.LaneProgress],
        _ seconds: Double,
        _ names: [Int: String]
    ) -> RuntimeSnapshot.PollerRow {
        let lane = poller.lane
        let (value, since) = lane.state
        let state: RuntimeSnapshot.PollerRow.State
        if poller.leaves {
            state = .leaving
        } else {
            switch Poller.State(rawValue: value) {
            case .leader: state = .leader
            case .running: state = .running
            case .inline: state = .inline
            case .blocked: state = .blocked
            case .waiting, nil: state = .waiting
            }
        }
        let then = past[ObjectIdentifier(lane)]
        let packets = lane.progress(.packetsTaken) - (then?.packets ?? 0)
        let busy = lane.busyNanoseconds(at: now.nanoseconds) - (then?.busy ?? 0)
        let user = lane.userNanoseconds(at: now.nanoseconds) - (then?.user ?? 0)
        var row = RuntimeSnapshot.PollerRow(
            number: poller.number,
            state: state,
            sinceMicroseconds: SnapshotParts.microseconds(since: since, now),
            packetsPerSecond: seconds > 0 ? Double(packets) / seconds : 0,
            busyPercent: SnapshotParts.percent(busy, seconds)
        )
        row.userPercent = SnapshotParts.percent(user, seconds)
        row.machine = Int(lane.machine.load(ordering: .relaxed))
        row.function = names[row.machine] ?? ""
        return row
    }

    private func row(
        _ worker: Worker,
        _ now: Instant,
        _ past: [ObjectIdentifier: SamplerState.LaneProgress],
        _ seconds: Double,
        _ names: [Int: String]
    ) -> RuntimeSnapshot.WorkerRow {
        let lane = worker.lane
        let (value, since) = lane.state
        let state: RuntimeSnapshot.WorkerRow.State
        switch Worker.State(rawValue: value) {
        case .running: state = .running
        case .blocked: state = .blocked
        case .spinning: state = .spinning
        case .leaving: state = .leaving
        case .parked, nil: state = .parked
        }
        let machine = Int(lane.machine.load(ordering: .relaxed))
        let then = past[ObjectIdentifier(lane)]
        let items = lane.progress(.executed) - (then?.items ?? 0)
        let busy = lane.busyNanoseconds(at: now.nanoseconds) - (then?.busy ?? 0)
        return RuntimeSnapshot.WorkerRow(
            number: worker.number,
            state: state,
            function: names[machine] ?? "",
            machine: machine,
            sinceMicroseconds: SnapshotParts.microseconds(since: since, now),
            itemsPerSecond: seconds > 0 ? Double(items) / seconds : 0,
            busyPercent: SnapshotParts.percent(busy, seconds),
            localQueue: worker.localCount
        )
    }

    static func microseconds(since: UInt64, _ now: Instant) -> Int {
        Int((now.nanoseconds &- min(since, now.nanoseconds)) / 1000)
    }

    static func percent(_ nanoseconds: Int, _ seconds: Double) -> Double {
        seconds > 0 ? min(100, max(0, Double(nanoseconds) / seconds / 1e7)) : 0
    }

    /// Machines by function: the tallies are kept by the threads, so this does not depend on how
    /// many machines there are.
    ///
    /// `spread` gives those that are in no row their places.
    private func functions(
        _ totals: Totals,
        _ perSecond: (Int, Int) -> Double,
        _ past: Totals,
        spread: (inout [RuntimeSnapshot.FunctionRow]) -> Void
    ) -> [RuntimeSnapshot.FunctionRow] {
        let known = registry.sites.all
        var rows = known.functions.map {
            RuntimeSnapshot.FunctionRow(function: $0, running: 0, waiting: [:], donePerSecond: 0)
        }
        for (row, count) in totals[.machines].enumerated() where row < rows.count {
            rows[row].suspended = max(0, totals[.suspended][row])
            rows[row].running = count - rows[row].suspended
        }
        registry.waits.drain(functionCount: rows.count, atSeconds: log.elapsedSeconds)
        for row in rows.indices {
            guard let waits = registry.waits.percentiles(functionRow: row) else { continue }
            rows[row].waitP50Microseconds = waits.p50
            rows[row].waitP99Microseconds = waits.p99
        }
        for (number, site) in known.sites.enumerated() where number > 0 {
            let waiting = totals[.waiting][number]
            let row = site.functionRow
            rows[row].waiting[site.kind.name, default: 0] += waiting
            rows[row].running -= waiting
            rows[row].donePerSecond += perSecond(totals[.done][number], past[.done][number])
        }
        rows = rows.enumerated().filter { index, row in index == 0 || row.isInUse }.map(\.element)
        spread(&rows)
        if !rows[0].isInUse { rows.removeFirst() }
        return rows.map { row in
            var row = row
            // Bare timers wait without a machine; posts count as waiting before their machine is.
            row.running = max(0, row.running)
            return row
        }
    }
}

extension RuntimeSnapshot.FunctionRow {
    /// Whether anything is in it, or was of late; of the scenarios before many names are known.
    fileprivate var isInUse: Bool {
        running != 0 || suspended != 0 || donePerSecond > 0 || waitP50Microseconds != nil
            || waiting.values.contains { $0 != 0 }
    }
}
