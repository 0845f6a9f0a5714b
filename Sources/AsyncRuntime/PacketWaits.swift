// SPDX-License-Identifier: Apache-2.0

internal import Port
internal import Telemetry

/// How long completion packets wait until a poller takes them; of a sleep from when it was due.
///
/// The damage that user code does which holds pollers: short as long as one of them is free. What
/// became ready in epoll meanwhile counts from when a poller heard of it.
final class PacketWaits: Sendable {
    private let times = WaitTimes(rows: 1)

    /// Enters a batch that was taken at once.
    ///
    /// Packets that came together have waited for the same time, to the microsecond, and are entered
    /// together: as a rule the whole batch.
    func record(_ batch: [OperationReference], takenAt: UInt64, lane: ThreadLane) {
        var waited: UInt64 = 0
        var count: UInt32 = 0
        for operation in batch {
            let since = operation.completeSince.nanoseconds
            let microseconds = (takenAt &- min(since, takenAt)) / 1000
            if count > 0, microseconds != waited {
                times.record(waited * 1000, functionRow: 0, count: count, lane: lane)
                count = 0
            }
            waited = microseconds
            count += 1
        }
        if count > 0 { times.record(waited * 1000, functionRow: 0, count: count, lane: lane) }
    }

    /// Forgets, at the next look, the waits of packets so far.
    func beginAnew() { times.beginAnew() }

    /// The waits of the last five to ten seconds; `nil` where no packet was taken.
    ///
    /// By whoever has the sampler's turn.
    func figures(atSeconds now: Double) -> RuntimeSnapshot.PacketWait? {
        times.drain(functionCount: 1, atSeconds: now)
        return times.percentiles(functionRow: 0).map {
            RuntimeSnapshot.PacketWait(p50: $0.p50, p99: $0.p99, max: $0.max)
        }
    }
}
