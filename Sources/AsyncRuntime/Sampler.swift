// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Pool
internal import Port
internal import Synchronization
internal import SystemPackage
package import Telemetry

/// Reads the counters and makes snapshots, on a thread of its own and for whoever asks.
///
/// It never waits for a thread that runs user code: a counting section is a few instructions long.
/// So it goes on while every poller and worker is blocked.
package final class Sampler: Sendable {
    /// How often the sampler's thread looks by itself.
    package static let period = Duration.milliseconds(100)
    /// How often it tells the observer; the dashboard renews its numbers as often.
    private static let snapshotsPerSecond = 4.0

    /// A function in a structure of its own: a bare one would be wrapped once more, by the compiler's
    /// conversion to the lock's generic state and back, every time it is looked at.
    private struct Observer {
        var body: (@Sendable (RuntimeSnapshot) -> Void)?
    }

    private let contexts: ThreadContexts
    let parts: SnapshotParts
    private let turn = Turn()
    private let state = SamplerState()
    private let observer = Lock(Observer())
    private let roster = ThreadRoster()
    private let bell: SamplerBell
    private let isStopped = Atomic<Bool>(false)
    /// Whether rows and rates are wanted, which cost more than the counts.
    let wantsDetail = Atomic<Bool>(false)

    init(contexts: ThreadContexts, parts: SnapshotParts, bell: SamplerBell) {
        self.contexts = contexts
        self.parts = parts
        self.bell = bell
    }

    func start() throws(Errno) {
        try roster.start(name: "sampler", stackBytes: 1 << 20) { self.main() }
    }

    /// Ends its thread; returns the thread's name if it is still at a snapshot at `deadline`.
    func stop(until deadline: Instant) -> [String] {
        isStopped.store(true, ordering: .relaxed)
        bell.ring()
        return roster.join(until: deadline)
    }

    /// Called on the sampler's thread with each new snapshot.
    ///
    /// It must not wait.
    package func observe(_ body: (@Sendable (RuntimeSnapshot) -> Void)?) {
        observer.withLock { $0.body = body }
    }

    /// Which machines have rows from now on; a new snapshot comes at once.
    func look(for search: MachineSearch) {
        parts.sought.value = search
        bell.ring()
    }

    /// Which machines have stories from now on; the first brings a new snapshot at once, in which
    /// there is more of them.
    func watch(_ machines: [UInt32]) {
        let watched = parts.registry.watched
        let isFirst = !watched.isAny
        watched.watch(machines, at: Instant.now.nanoseconds)
        if isFirst { bell.ring() }
    }

    /// Forgets, at the next look, the packets that were taken until then.
    func forgetPackets() { state.forgetPackets() }

    private func main() {
        var quarter = -1
        while !isStopped.load(ordering: .relaxed) {
            let observer = observer.withLock { $0 }
            // Counters and rings are emptied at every look; a snapshot, with its rows in words, is
            // made only as often as anybody reads it. In real time: who looks at a world that stands
            // still has a clock that goes on.
            let now = Int(parts.log.realSeconds * Sampler.snapshotsPerSecond)
            let hasRung = bell.takeRing()
            if let body = observer.body, hasRung || now != quarter {
                quarter = now
                body(sample())
            } else {
                turn.take { _ = look() }
            }
            bell.wait(for: Sampler.period)
        }
    }

    /// Closes the epoch and adds up what it counted; the caller has the turn.
    private func look() -> Totals {
        let before = CurrentThread.processorTime
        let registry = parts.registry
        let totals = state.close(contexts.lanes) {
            max(registry.sites.count, registry.chains.rowCount)
        }
        state.lookAround(parts)
        spend(since: before)
        return totals
    }

    private func spend(since before: Duration) {
        let spent = CurrentThread.processorTime - before
        state.microsecondsSpent += Int(spent.nanosecondsClamped / 1000)
    }

    /// Makes a snapshot now.
    ///
    /// Any thread may ask; one at a time is served.
    package func sample() -> RuntimeSnapshot {
        turn.take {
            let totals = look()
            let before = CurrentThread.processorTime
            let snapshot = parts.snapshot(
                totals,
                state: state,
                detailed: wantsDetail.load(ordering: .relaxed)
            )
            spend(since: before)
            return snapshot
        }
    }
}
