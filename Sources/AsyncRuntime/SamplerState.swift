// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Pool
internal import Port
internal import Synchronization
internal import Telemetry

/// What the sampler remembers between two looks.
// INVARIANT: touched only by whoever has the sampler's turn, but for the atomic flag.
final class SamplerState: @unchecked Sendable {
    var microsecondsSpent = 0
    /// Packets that were taken last, newest first.
    private var packets: [Event] = []
    /// Whether those are to be forgotten at the next look.
    private let forgetsPackets = Atomic(false)
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
        // Acquiring; pairs with the releasing store in `forgetPackets`.
        let forgets = forgetsPackets.exchange(false, ordering: .acquiring)
        defer { if forgets { packets.removeAll(keepingCapacity: true) } }
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

    /// Forgets, at the next look, the packets that were taken until then; any thread may ask.
    func forgetPackets() {
        forgetsPackets.store(true, ordering: .releasing)
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
