// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Pool
internal import Port
internal import Synchronization
internal import SystemPackage
package import Telemetry

/// A completion port, its pollers, a worker pool and Swift's tasks on top of them.
///
/// ``install(_:)`` makes it the process's executor: from then on every task, sleep, group and yield
/// runs here, and no thread exists that is not the runtime's or the program's own. A runtime that is
/// not installed serves the tasks that are started with its ``executor`` as their preference.
///
/// **Shutdown**, by ``shutdown(within:)``, in this order; each step needs the one before:
/// 0. Hops that are held are let go, and world time goes on.
/// 1. The stop signal is set: burning and blocking calls of the runtime return early.
/// 2. The port is closed: waiting operations complete as closed, later ones at once. Their packets
///    are still delivered, so that every task gets to run on and to end.
/// 3. It is waited until no machine is left, or time is up.
/// 4. Pollers are told to leave, and joined. Nobody resumes a continuation after that; what packets
///    carry that are left is given back.
/// 5. The schedulers' threads are told to end with their queues, and joined.
/// 6. Workers are told to stop, and joined. Nobody runs a job after that.
/// 7. The sampler is stopped, so that a snapshot can be had until the end; and it is waited for the
///    threads that read symbols and make texts of task-local values, if they have not ended yet.
/// A thread that user code still holds when time is up is not waited for; its name is returned.
public final class Runtime: Sendable {
    let configuration: RuntimeConfiguration
    let contexts: ThreadContexts
    /// The same, and the port, for the calls of operations.
    private let uncountedContexts: Uncounted<ThreadContexts>
    private let uncountedPort: Uncounted<CompletionPort>
    let gate: HopGate
    let registry: StateMachineRegistry
    let port: CompletionPort
    let pool: WorkerPool
    let pollers: PollerThreads
    let taskExecutor: PoolTaskExecutor
    let dispatcher: Dispatcher
    let packetWaits: PacketWaits
    let schedulers: Schedulers
    let mainQueue: MainQueue
    let stopSignal = StopSignal()
    /// Its number among the process's runtimes.
    let number = RuntimeNumber()
    let log: EventLog
    let tempo: Tempo
    package let sampler: Sampler

    /// Starts a runtime that is not installed.
    ///
    /// - Throws: ``RuntimeError`` where a value is out of range or the system refuses a thread.
    public init(_ configuration: RuntimeConfiguration = RuntimeConfiguration()) throws(RuntimeError)
    {
        try configuration.validate()
        self.configuration = configuration
        let contexts = ThreadContexts()
        self.contexts = contexts
        uncountedContexts = Uncounted(contexts)
        let log = EventLog()
        self.log = log
        let registry = StateMachineRegistry(
            number: number,
            contexts: contexts,
            sites: AwaitSites(),
            isWanted: configuration.tracksMachines
        )
        self.registry = registry
        let bell = SamplerBell()
        let tempo = Tempo(registry: registry, log: log, bell: bell)
        self.tempo = tempo
        gate = HopGate(holding: tempo.hold, resting: tempo.rest)
        do throws(Errno) {
            port = CompletionPort(
                engine: .epoll(try EpollEngine()),
                concurrency: configuration.concurrency,
                pollerCapacity: PollerThreads.limit + 1,
                gate: gate,
                currentLane: { contexts.current.lane }
            )
        } catch {
            throw .system("epoll is not to be had: \(error); raise the limit of open descriptors.")
        }
        uncountedPort = Uncounted(port)
        port.skipOnSuccess.store(configuration.skipOnSuccess, ordering: .relaxed)
        port.batchLimit = configuration.batch
        pool = WorkerPool(
            minimum: configuration.workers.lowerBound,
            maximum: configuration.workers.upperBound,
            switches: configuration.switches,
            idleTimeout: configuration.idleTimeout
        )
        schedulers = Schedulers(limit: configuration.limitedConcurrency, log: log)
        taskExecutor = PoolTaskExecutor(
            contexts: contexts,
            pool: pool,
            port: port,
            registry: registry,
            gate: gate,
            schedulers: schedulers,
            placement: configuration.placement
        )
        mainQueue = MainQueue(executor: taskExecutor)
        packetWaits = PacketWaits()
        dispatcher = Dispatcher(executor: taskExecutor, packetWaits: packetWaits, log: log)
        pollers = PollerThreads(
            port: port,
            minimum: configuration.pollers.lowerBound,
            maximum: configuration.pollers.upperBound,
            delegate: dispatcher
        )
        dispatcher.looksAfter(pollers)
        sampler = Sampler(
            contexts: contexts,
            parts: SnapshotParts(
                registry: registry,
                port: port,
                pool: pool,
                pollers: pollers,
                executor: taskExecutor,
                log: log,
                stopSignal: stopSignal,
                tempo: tempo,
                packetWaits: packetWaits,
                states: StateSampling(of: registry.locals)
            ),
            bell: bell
        )
        tempo.connect(gate, port, taskExecutor.placementSetting)
        log.appendAdjustment(
            from: 0,
            to: configuration.workers.lowerBound,
            reason: AdjustmentReason.initializing.rawValue
        )
        CancellationRoutes.connect(number, to: self)
        do throws(Errno) {
            try pool.start(delegate: dispatcher)
            try pollers.start()
            if configuration.samples { try sampler.start() }
        } catch {
            _ = shutdown(within: .seconds(1))
            throw .system(
                "A thread could not be created: \(error); ask for fewer pollers or raise the limit."
            )
        }
    }

    /// Calls `body` with the calling thread's context and the port; no reference to either is counted.
    @inline(__always)
    func onThisThread<Result>(_ body: (ThreadContext, CompletionPort) -> Result) -> Result {
        uncountedContexts.with { contexts in
            contexts.withCurrent { context in uncountedPort.with { port in body(context, port) } }
        }
    }

    /// Objects that every operation of every thread uses.
    ///
    /// None to which there are weak references: those keep a count of their own.
    var parts: [AnyObject] {
        [registry, registry.sites, registry.waits, taskExecutor, dispatcher, schedulers]
            + port.parts
    }

    /// Time since the start, without the time for which the clock has stood still.
    package var elapsed: Duration { log.elapsed }

    /// Lets the clock of the process stand still during `body`, in which the process is stopped.
    ///
    /// Timers then become due as much later, and no wait counts as longer than it was.
    package func standStill(during body: () -> Void) {
        let length = WorldClock.standStill(during: body)
        // A leader that woke within these moments found that its time did not pass.
        port.worldTimeGoesOn()
        log.appendContinuation(after: length)
    }

    // MARK: Installing

    /// Starts a runtime and makes it the process's executor.
    ///
    /// To be called once, from a synchronous `main`, before the first task.
    ///
    /// - Throws: ``RuntimeError/alreadyInstalled`` at the second call.
    public static func install(
        _ configuration: RuntimeConfiguration = RuntimeConfiguration()
    ) throws(RuntimeError) -> Runtime {
        guard InstalledExecutors.installed.withLock({ $0 == nil }) else { throw .alreadyInstalled }
        let runtime = try Runtime(configuration)
        let isFirst = InstalledExecutors.installed.withLock { installed in
            guard installed == nil else { return false }
            installed = runtime
            return true
        }
        guard isFirst else {
            _ = runtime.shutdown()
            throw .alreadyInstalled
        }
        runtime.tempo.ownWorldTime()
        InstalledExecutors.install()
        return runtime
    }

    /// The runtime that was installed.
    ///
    /// - Precondition: ``install(_:)`` has been called.
    public static var current: Runtime {
        guard let runtime = InstalledExecutors.installed.withLock({ $0 }) else {
            preconditionFailure("Runtime.install has not been called.")
        }
        return runtime
    }

    /// For `Task(executorPreference:)`, where the runtime is not installed.
    public var executor: any TaskExecutor { taskExecutor }

    /// Runs the main actor's jobs on the calling thread, the process's first, until `condition`.
    ///
    /// The condition is looked at after every job and every few milliseconds.
    public func runMain(until condition: () -> Bool) {
        do {
            try mainQueue.runUntil(condition)
        } catch {
            preconditionFailure("The main queue does not fail: \(error).")
        }
    }

    /// Runs the main actor's jobs that wait, on the calling thread, the process's first.
    public func drainMain() {
        mainQueue.drain()
    }

    /// Calls `body` on any thread when a job has come for the main thread, which then has to call
    /// ``drainMain()``; for a main loop of its own that waits elsewhere.
    public func whenMainHasWork(_ body: (@Sendable () -> Void)?) {
        mainQueue.setNotify(body)
    }

    // MARK: Work without a task

    /// Queues a closure to the worker pool: from one of its workers to that worker's own queue,
    /// from elsewhere to the global one.
    public func submit(_ work: consuming @escaping @Sendable () -> Void) {
        let item = WorkItem(work)
        let isLocal = contexts.withCached { context -> Bool in
            context.withWorker { pool.enqueueLocal(item, on: $0) } != nil
        }
        if isLocal != true { pool.enqueueGlobal(item) }
    }

    /// Queues a closure to the worker pool after a time: a bare timer of the port.
    ///
    /// - Throws: ``OperationError/limit(_:)`` when there are too many operations.
    public func schedule(
        after delay: Duration,
        _ work: @escaping @Sendable () -> Void
    ) throws(OperationError) {
        let context = contexts.current
        let now = Instant.now
        let (site, _) = context.sites.number(
            CallSite("timer", "AsyncRuntime/Runtime.swift", 0),
            kind: .sleep,
            in: { registry.sites }
        )
        let item = WorkItem(work)
        do throws(SlotPool.Exhausted) {
            let operation = try port.makeOperation(
                .sleep,
                on: nil,
                deadline: now.advanced(by: delay),
                site: site,
                subject: 0,
                role: .closure,
                contexts: item.words,
                lane: context.lane
            )
            port.submit(operation, to: nil, lane: context.lane, now: now)
        } catch {
            item.discard()
            throw .limit("At most \(error.limit) operations can be in flight.")
        }
    }

    /// Opens the gate of all hops for good, before stopping: a world that stands cannot end.
    package func letWorldGoOn() { tempo.openForGood() }

    /// Whether ``shutdown(within:)`` has been called.
    public var isStopping: Bool { stopSignal.isSet }

    // MARK: Changing

    /// Where continuations run; a change applies to the next completion.
    public var placement: Placement {
        get { taskExecutor.placement }
        set { taskExecutor.placement = newValue }
    }

    /// Carries out the part of a command that concerns the runtime.
    ///
    /// Returns whether it was one.
    ///
    /// - Throws: ``RuntimeError/system(_:)`` where a thread could not be created.
    @discardableResult
    package func apply(_ command: RuntimeCommand) throws(RuntimeError) -> Bool {
        switch command {
        case .setPollerMinimum(let value):
            try resizePollers(minimum: value, maximum: max(value, pollers.maximum))
        case .setPollerMaximum(let value):
            try resizePollers(minimum: min(value, pollers.minimum), maximum: value)
        case .setConcurrency(let value):
            port.setConcurrency(value)
        case .setBatch(let value):
            port.batchLimit = value
        case .setWorkerMinimum(let value):
            pool.resize(
                minimum: value,
                maximum: max(value, pool.limits.maximum),
                reason: .key
            )
            log.append(limits: pool.limits)
        case .setWorkerMaximum(let value):
            pool.resize(
                minimum: min(value, pool.limits.minimum),
                maximum: value,
                reason: .key
            )
            log.append(limits: pool.limits)
        case .setPlacement(let name):
            guard let placement = Placement(rawValue: name) else { return false }
            self.placement = placement
        case .setSkipOnSuccess(let isOn): skipOnSuccess = isOn
        case .setHillClimbing(let isOn): pool.switches.hillClimbing = isOn
        case .setCooperativeBlocking(let isOn): pool.switches.cooperativeBlocking = isOn
        case .setStarvationDetection(let isOn): pool.switches.starvationDetection = isOn
        case .setLocalHandOver(let isOn): pool.switches.localHandOver = isOn
        case .setIdleTimeout(let microseconds):
            let limits = RuntimeConfiguration.idleTimeoutRange
            let timeout = Duration.microseconds(max(0, microseconds))
            pool.idleTimeout = min(max(limits.lowerBound, timeout), limits.upperBound)
        case .setTempo(let microseconds):
            tempo.setInterval(.microseconds(max(0, microseconds)))
        case .setWorldPaused(let isPaused): tempo.setPaused(isPaused)
        case .step: tempo.step()
        case .follow(let machine): tempo.follow(machine.flatMap { UInt64(exactly: $0) } ?? 0)
        case .cancelOperation(let machine): cancelOperation(ofMachine: machine)
        case .watchMachines(let numbers):
            sampler.watch(numbers.compactMap(UInt32.init(exactly:)))
        case .searchMachines(let search): sampler.look(for: search)
        case .setClients, .setRate, .setDelay, .setProcessorTime, .setBlocking, .setReset,
            .setVariant, .startScenario:
            return false
        }
        return true
    }

    private func resizePollers(minimum: Int, maximum: Int) throws(RuntimeError) {
        do throws(Errno) {
            try pollers.resize(minimum: minimum, maximum: maximum)
        } catch {
            throw .system("A poller thread could not be created: \(error).")
        }
    }

    // MARK: Looking

    /// A snapshot of now.
    ///
    /// Any thread may ask; it waits for no thread that runs user code.
    package func snapshot() -> RuntimeSnapshot {
        sampler.sample()
    }

    /// Calls on the sampler's thread with each of its snapshots, several a second, rows and rates
    /// included.
    ///
    /// It must not wait.
    package func observe(_ body: (@Sendable (RuntimeSnapshot) -> Void)?) {
        sampler.wantsDetail.store(body != nil, ordering: .relaxed)
        sampler.observe(body)
    }

    /// Remembers that the process ran out of descriptors, for the event log.
    func noteDescriptorsExhausted() {
        log.append("accept", "no descriptor left: connections wait in the backlog")
    }

    // MARK: Stopping

    /// Stops in the steps that the type's description lists.
    ///
    /// Returns the names of threads that are still held, by user code as a rule; they are left behind.
    @discardableResult
    public func shutdown(within limit: Duration = .milliseconds(200)) -> [String] {
        letWorldGoOn()
        let deadline = Instant.now.advanced(by: limit)
        // Nobody unparks it: a clock that does not spin.
        let pause = Parker()
        stopSignal.set()
        port.close(on: contexts.current.lane)
        while sampler.sample().machines.inFlight > 0, Instant.now < deadline {
            if CurrentThread.isMain { mainQueue.drain() }
            pause.park(timeout: .milliseconds(2))
        }
        pollers.stop()
        var held = pollers.join(until: max(deadline, Instant.now.advanced(by: .milliseconds(20))))
        if held.isEmpty { dispatcher.discardPackets() }
        schedulers.stop()
        held += schedulers.join(until: max(deadline, Instant.now.advanced(by: .milliseconds(20))))
        pool.stop()
        held += pool.join(until: max(deadline, Instant.now.advanced(by: .milliseconds(20))))
        held += sampler.stop(until: max(deadline, Instant.now.advanced(by: .seconds(1))))
        let states = sampler.parts.states
        held += states.symbols.stop(
            until: max(deadline, Instant.now.advanced(by: .milliseconds(20)))
        )
        held += states.localTexts.stop(
            until: max(deadline, Instant.now.advanced(by: .milliseconds(20)))
        )
        return held
    }
}
