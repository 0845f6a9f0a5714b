// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Pool
internal import Port
internal import SystemPackage
internal import Telemetry

/// How a runtime that runs becomes as if it had been started with another configuration.
///
/// The process's executor cannot be exchanged, so the runtime stays; what was made for the work before has to
/// go: first ``beginAdopting(_:)``, then, when the threads too many have left,
/// ``endAdopting(_:)``. Nothing may be in flight meanwhile.
extension Runtime {
    /// Idle workers leave as soon as they have waited for so long.
    private static let sheddingTimeout = Duration.milliseconds(10)
    /// How long a scheduler's thread, which has nothing to do, is waited for.
    private static let schedulerPatience = Duration.milliseconds(100)

    /// Takes over all limits and switches, and lets threads leave that would not be there.
    ///
    /// - Throws: ``RuntimeError/system(_:)`` where a poller's thread cannot be created.
    package func beginAdopting(_ configuration: RuntimeConfiguration) throws(RuntimeError) {
        let workers = configuration.workers
        pool.switches = configuration.switches
        // With both limits at the minimum the goal cannot be anywhere else.
        pool.resize(
            minimum: workers.lowerBound,
            maximum: workers.lowerBound,
            reason: .initializing
        )
        pool.resize(
            minimum: workers.lowerBound,
            maximum: workers.upperBound,
            reason: .initializing
        )
        log.append(limits: pool.limits)
        pool.idleTimeout = Self.sheddingTimeout
        schedulers.retire(until: Instant.now.advanced(by: Self.schedulerPatience))
        port.setConcurrency(configuration.concurrency)
        port.batchLimit = configuration.batch
        placement = configuration.placement
        taskExecutor.placementSetting.forgetVisits()
        forgetTaskLocals()
        skipOnSuccess = configuration.skipOnSuccess
        // How long the work before has waited says nothing of what comes.
        packetWaits.beginAnew()
        sampler.forgetPackets()
        registry.waits.beginAnew()
        registry.chains.waits.beginAnew()
        do throws(Errno) {
            try pollers.resize(
                minimum: configuration.pollers.lowerBound,
                maximum: configuration.pollers.upperBound
            )
        } catch {
            throw .system("A poller thread could not be created: \(error).")
        }
    }

    /// Idle workers wait from now on as long as the configuration says.
    package func endAdopting(_ configuration: RuntimeConfiguration) {
        pool.idleTimeout = configuration.idleTimeout
    }

    /// Ends all waits of ``result(of:)``, those that begin from now on at once; the async code runs
    /// on.
    ///
    /// So hundreds of queued requests that would block one after the other end within moments.
    package func refuseSynchronousWaits(_ refuses: Bool) {
        stopSignal.refuseWaits(refuses)
    }
}
