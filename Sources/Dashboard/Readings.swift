// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// Figures that are shown calmer than they come: those of the process, and the dashboard's own.
struct Readings: Equatable, Sendable {
    /// Lines of standard error that are kept.
    private static let errorCapacity = 200

    /// A line that somebody in the process wrote to standard error.
    struct ErrorLine: Equatable, Sendable {
        var elapsedSeconds: Double
        var text: String
        /// Whether the program itself says it, and not somebody on standard error.
        var isRemark = false
    }

    private(set) var processorPercent = Steady(tolerance: 1, share: 0.03)
    private(set) var machinePercent = Steady(tolerance: 3, share: 0.1)
    private(set) var residentBytes = Steady(tolerance: 1_048_576, share: 0.02)
    private(set) var ownPercent = Steady(tolerance: 0.3, share: 0.2)
    private(set) var ownBytesPerSecond = Steady(tolerance: 100, share: 0.2)
    private(set) var droppedFrames = 0
    /// Whether the dashboard has been told what it costs.
    private(set) var hasCost = false
    private(set) var errors: [ErrorLine] = []
    /// The scenario's sentence, as of the beginning of this second.
    private(set) var caption = ""
    private var second = -1.0

    mutating func record(_ snapshot: RuntimeSnapshot) {
        let second = snapshot.elapsedSeconds.rounded(.down)
        guard second != self.second else { return }
        self.second = second
        caption = snapshot.detail?.caption ?? ""
        processorPercent.update(snapshot.process.cpuPercent)
        machinePercent.update(snapshot.process.machinePercent)
        residentBytes.update(Double(snapshot.process.residentBytes))
    }

    mutating func record(_ cost: DashboardCost) {
        hasCost = true
        ownPercent.update(cost.processorPercent)
        ownBytesPerSecond.update(cost.bytesPerSecond)
        droppedFrames = cost.droppedFrames
    }

    mutating func record(errors lines: [String], at elapsedSeconds: Double) {
        record(lines.map { ErrorLine(elapsedSeconds: elapsedSeconds, text: $0) })
    }

    mutating func record(remark text: String, at elapsedSeconds: Double) {
        record([ErrorLine(elapsedSeconds: elapsedSeconds, text: text, isRemark: true)])
    }

    private mutating func record(_ lines: [ErrorLine]) {
        errors += lines
        errors.removeFirst(max(0, errors.count - Self.errorCapacity))
    }
}
