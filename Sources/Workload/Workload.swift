// SPDX-License-Identifier: Apache-2.0

package import AsyncRuntime
internal import Histogram
internal import Synchronization
package import Telemetry

/// A scenario that runs on a runtime: started, steered, sampled and stopped from outside.
///
/// The servers, clients and timers of a scenario are ordinary async functions; this type only
/// starts them, passes on what they are told, and reports what came of it. It may be steered from
/// any thread and is sampled by one thread at a time.
///
/// It ends in three steps: the listener closes, so that nobody new comes in; the clients are
/// cancelled, and with them what they wait for; when the last of them and the last connection have
/// ended, and what nobody awaited, the caller of ``stop(whenDone:)`` is told.
package final class Workload: Sendable {
    package let scenario: Scenario
    /// Where the server listens, with the port that the kernel chose; `nil` without a server.
    package let address: SocketAddress?

    let context: ScenarioContext
    private let listener: AsyncListener?
    let clientsMaximum: Int
    private let clientsAsked: AsyncStream<Int>.Continuation
    private let tasks: [Task<Void, Never>]
    private let hasStopped = Atomic(false)
    let sampling: SampledRequests
    let descriptorLimit: Int

    /// Starts a scenario.
    ///
    /// - Parameters:
    ///   - scenario: what runs.
    ///   - settings: how much of it; more clients than the limits allow are cut to the most.
    ///   - seed: what the choices repeat from.
    ///   - listenOn: where the scenario's server listens; a free port of the loopback by default.
    ///   - descriptorLimit: how many descriptors the process may have.
    ///   - runtime: what it runs on.
    ///   - preference: the runtime's executor where it is not the process's own.
    /// - Throws: what opening the server's socket failed with, such as a port in use.
    package init(
        _ scenario: Scenario,
        settings: WorkloadSettings,
        seed: UInt64,
        listenOn: SocketAddress? = nil,
        descriptorLimit: Int,
        runtime: Runtime,
        preference: (any TaskExecutor)? = nil
    ) throws(OperationError) {
        let live = LiveSettings(settings)
        let context = ScenarioContext(
            runtime: runtime,
            settings: live,
            seed: seed,
            preference: preference
        )
        let stage = try scenario.stage(context, listenOn)
        let (targets, continuation) = AsyncStream.makeStream(
            of: Int.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        var tasks = stage.background.map { body in context.start(body) }
        if let client = stage.client {
            let population = Population { number in
                context.start { await client(number) }
            } isStopping: {
                runtime.isStopping
            }
            tasks.append(context.start { await population.tend(targets) })
        }
        self.scenario = scenario
        self.context = context
        self.tasks = tasks
        self.descriptorLimit = descriptorLimit
        listener = stage.listener
        address = stage.listener?.address
        clientsMaximum = scenario.maximumClients(descriptorLimit: descriptorLimit)
        clientsAsked = continuation
        sampling = SampledRequests()
        setClients(settings.clients)
    }

    /// The settings as they are now.
    package var settings: WorkloadSettings { context.settings.value }

    /// Carries out the commands that concern the scenario; leaves the runtime's own alone.
    package func apply(_ command: RuntimeCommand) {
        switch command {
        case .setClients(let count):
            setClients(count)
        case .setRate(let perSecond):
            context.settings.ratePerSecond = perSecond
        case .setDelay(let delay, let spread):
            context.settings.delay = (.microseconds(max(0, delay)), .microseconds(max(0, spread)))
        case .setProcessorTime(let microseconds):
            context.settings.processorTime = .microseconds(max(0, microseconds))
        case .setBlocking(let percent, let microseconds):
            context.settings.blockingShare = (percent, .microseconds(max(0, microseconds)))
        case .setReset(let percent):
            context.settings.resetPercent = percent
        case .setVariant(let index):
            guard scenario.variants.indices.contains(index) else { return }
            context.settings.variant = index
        case .watchMachines, .setPollerMinimum, .setPollerMaximum, .setConcurrency, .setBatch,
            .setWorkerMinimum, .setWorkerMaximum, .setPlacement, .setHillClimbing,
            .setCooperativeBlocking,
            .setStarvationDetection, .setLocalHandOver, .setSkipOnSuccess,
            .setIdleTimeout, .setTempo,
            .setWorldPaused, .step, .follow, .cancelOperation, .startScenario,
            .searchMachines:
            break
        }
    }

    /// Ends all clients and connections, then calls `done` on a thread of the runtime.
    ///
    /// Calls after the first one do nothing.
    package func stop(whenDone done: @escaping @Sendable () -> Void = {}) {
        // Relaxed: decides only which of several callers does the work.
        guard !hasStopped.exchange(true, ordering: .relaxed) else { return }
        listener?.close()
        clientsAsked.finish()
        context.end()
        for task in tasks { task.cancel() }
        _ = context.start { [tasks, context] in
            for task in tasks { await task.value }
            await context.unawaitedHaveEnded()
            done()
        }
    }

    private func setClients(_ count: Int) {
        if count > clientsMaximum, clientsMaximum > 0 { context.note(.clientsCut) }
        let clients = min(max(0, count), clientsMaximum)
        context.settings.clients = clients
        clientsAsked.yield(clients)
    }
}
