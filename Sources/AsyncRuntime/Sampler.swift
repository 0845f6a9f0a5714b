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

    func stop() {
        isStopped.store(true, ordering: .relaxed)
        bell.ring()
        _ = roster.join(until: Instant.now.advanced(by: .seconds(1)))
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
        // The sweeper counts; its lane is the calling thread's.
        state.sweepFrom = parts.registry.sweep(
            from: state.sweepFrom,
            limit: 4096,
            lane: contexts.current.lane
        )
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

/// Sums over all threads at the end of one epoch.
struct Totals: Sendable {
    var at = Instant(nanoseconds: 0)
    /// The same moment by the clock that never stands.
    var realAt: UInt64 = 0
    var counters = [Int](repeating: 0, count: Counter.allCases.count)
    var tallies = [[Int]](
        repeating: [Int](repeating: 0, count: Tally.rows),
        count: Tally.allCases.count
    )
    var progress = [Int](repeating: 0, count: Progress.allCases.count)
    var hops = 0
    var dropped = 0
    var processorNanoseconds = 0
    /// For how long pollers have been held by user code, that which has not ended included.
    var userNanoseconds = 0

    subscript(counter: Counter) -> Int { counters[counter.rawValue] }
    subscript(item: Progress) -> Int { progress[item.rawValue] }
    subscript(tally: Tally) -> [Int] { tallies[tally.rawValue] }
}

/// What the sampler remembers between two looks.
// INVARIANT: touched only by whoever has the sampler's turn.
final class SamplerState: @unchecked Sendable {
    var sweepFrom: UInt32 = 1
    var microsecondsSpent = 0
    /// Packets that were taken last, newest first.
    private var packets: [Event] = []
    /// Totals and per-thread progress of the last second or so, oldest first.
    private(set) var history: [(totals: Totals, lanes: [ObjectIdentifier: LaneProgress])] = []
    private(set) var ages = QueueAge()
    private(set) var machineLoad = MachineLoad()
    private var machineLoadAt = Instant(nanoseconds: 0)
    private var waitsTold = 0
    private var sums = Totals()
    /// Lanes whose thread ended during the epoch before: their last bank is read now.
    private var lingering: [ThreadLane] = []
    private var retiredProgress = [Int](repeating: 0, count: Progress.allCases.count)
    private var retiredHops = 0
    private var retiredDropped = 0

    /// As many packets as the screen lists.
    private static let packetsKept = 64
    /// Some hundred packets, which are a few events each: three quarters of a thread's ring.
    private static let eventsRead = 384

    /// Looks that are nearer to each other by the clock of the world take one place.
    private static let spacing: UInt64 = 50_000_000

    struct LaneProgress: Sendable {
        var packets: Int
        var items: Int
        var busy: Int
        var user: Int
    }

    /// Closes the epoch and adds up what was counted in it.
    ///
    /// The list of lanes is read after the epoch was advanced: a thread that counted in the closed
    /// epoch had its lane by then. A lane that is found ended may have counted in the new epoch
    /// too, so it is read once more next time. So is how many rows there are: a row that was counted
    /// in the closed epoch had been made by then.
    func close(_ lanes: LaneRegistry, rowCount: () -> Int) -> Totals {
        let closed = lanes.epoch.advance()
        let (living, ended) = lanes.all(takeEnded: true)
        let all = living + ended + lingering
        for lane in all { lane.awaitQuiescence { CurrentThread.yieldProcessor() } }
        let rowCount = rowCount()
        for lane in all {
            lane.drainCounters(ofEpoch: closed, into: &sums.counters)
            for tally in Tally.allCases {
                lane.drainTally(
                    tally,
                    rows: rowCount,
                    ofEpoch: closed,
                    into: &sums.tallies[tally.rawValue]
                )
            }
        }
        notePackets(all)
        for lane in lingering { retire(lane) }
        lingering = ended
        let now = Instant.now
        // While the world stands still or crawls, the newest look takes the place of the one before.
        if history.count > 1,
            now.nanoseconds(since: history[history.count - 2].totals.at) < SamplerState.spacing
        {
            history.removeLast()
        }
        sums.at = now
        sums.realAt = WorldClock.realNanoseconds
        sums.processorNanoseconds = Int(ProcessStatus.processorTime.nanosecondsClamped)
        addUnbanked(living + ended, now)
        let progress = Dictionary(
            uniqueKeysWithValues: living.map { lane in
                (
                    ObjectIdentifier(lane),
                    LaneProgress(
                        packets: lane.progress(.packetsTaken),
                        items: lane.progress(.executed),
                        busy: lane.busyNanoseconds(at: now.nanoseconds),
                        user: lane.userNanoseconds(at: now.nanoseconds)
                    )
                )
            }
        )
        history.append((sums, progress))
        while history.count > 2, now.nanoseconds(since: history[1].totals.at) >= 1_000_000_000 {
            history.removeFirst()
        }
        return sums
    }

    /// Looks at what nobody counts: how long items have waited, and the machine, once a second.
    func lookAround(_ parts: SnapshotParts) {
        ages.look(at: parts.pool, now: sums.at)
        let waits = sums[.waits]
        parts.log.append(waits: waits - waitsTold)
        waitsTold = waits
        guard sums.at.nanoseconds(since: machineLoadAt) >= 1_000_000_000 else { return }
        machineLoadAt = sums.at
        machineLoad.update()
    }

    /// Totals and threads of about a second ago.
    var past: (totals: Totals, lanes: [ObjectIdentifier: LaneProgress]) {
        history.first ?? (Totals(), [:])
    }

    /// Keeps the packets that were taken last; those of several pollers in the port's order.
    private func notePackets(_ lanes: [ThreadLane]) {
        let known = packets.count
        for lane in lanes where lane.kind == .poller {
            lane.events.read(newest: SamplerState.eventsRead) { event in
                if PacketEvent.number(event) != nil { packets.append(event) }
            }
        }
        guard packets.count > known else { return }
        packets.sort { $0.subject > $1.subject }
        packets.removeLast(max(0, packets.count - SamplerState.packetsKept))
    }

    /// Rows of the packets that were taken last, newest first.
    var takenPackets: [RuntimeSnapshot.PacketRow] {
        packets.compactMap { event in
            guard let packet = PacketEvent.decode(event) else { return nil }
            return RuntimeSnapshot.PacketRow(
                number: packet.number,
                operation: packet.operation.name,
                descriptor: packet.descriptor,
                result: packet.result,
                waitedMicroseconds: Int(event.nanoseconds / 1000),
                isQueued: false
            )
        }
    }

    private func retire(_ lane: ThreadLane) {
        for item in Progress.allCases { retiredProgress[item.rawValue] += lane.progress(item) }
        retiredHops += lane.events.total
        retiredDropped += lane.events.lost
    }

    private func addUnbanked(_ lanes: [ThreadLane], _ now: Instant) {
        sums.progress = retiredProgress
        sums.hops = retiredHops
        sums.dropped = retiredDropped
        var user = retiredProgress[Progress.userNanoseconds.rawValue]
        for lane in lanes {
            user += lane.userNanoseconds(at: now.nanoseconds)
            for item in Progress.allCases { sums.progress[item.rawValue] += lane.progress(item) }
            sums.hops += lane.events.total
            sums.dropped += lane.events.lost
        }
        // What ends while it is looked at may be in neither part for a moment.
        sums.userNanoseconds = max(sums.userNanoseconds, user)
    }
}
