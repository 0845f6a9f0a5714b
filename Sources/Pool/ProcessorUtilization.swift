// SPDX-License-Identifier: Apache-2.0

package import Kernel

/// How busy the processors were between two readings, in per cent of all of them.
///
/// The gate thread calls ``update(_:at:processorCount:)`` once a tick, with the time that its
/// process (`getrusage`) or the machine (`/proc/stat`, without idle) has been running; one value
/// for each. The first reading only marks the start.
package struct ProcessorUtilization: Equatable, Sendable {
    private var last: (busy: Duration, time: Instant)?
    /// 0 to 100.
    package private(set) var percent = 0

    package init() {}

    /// Takes a reading; one whose clock stands still or whose time shrank changes nothing.
    package mutating func update(_ busy: Duration, at now: Instant, processorCount: Int) {
        precondition(processorCount > 0, "Somebody runs this.")
        defer { last = (busy, now) }
        guard let last else { return }
        let available = now.duration(since: last.time) * processorCount
        guard available > .zero, busy >= last.busy else { return }
        percent = Int(min(1, (busy - last.busy) / available) * 100)
    }

    package static func == (a: ProcessorUtilization, b: ProcessorUtilization) -> Bool {
        a.percent == b.percent && a.last?.busy == b.last?.busy && a.last?.time == b.last?.time
    }
}
