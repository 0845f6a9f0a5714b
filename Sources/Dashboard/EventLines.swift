// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// The event log: the runtime's events and lines of standard error, by time.
struct EventLines {
    private enum Entry {
        case event(RuntimeSnapshot.EventRow)
        /// A line, and for how long the process had been stopped before.
        case error(Readings.ErrorLine, stoppedSeconds: Double)

        var elapsedSeconds: Double {
            switch self {
            case .event(let event): event.elapsedSeconds
            case .error(let line, _): line.elapsedSeconds
            }
        }

        var stoppedSeconds: Double {
            switch self {
            case .event(let event): event.stoppedSeconds
            case .error(_, let seconds): seconds
            }
        }
    }

    private let model: Model
    private let entries: [Entry]

    init(model: Model) {
        self.model = model
        var errors = model.readings.errors[...]
        var entries: [Entry] = []
        var stopped = 0.0
        for event in model.snapshot?.detail?.events ?? [] {
            while let line = errors.first, line.elapsedSeconds < event.elapsedSeconds {
                entries.append(.error(line, stoppedSeconds: stopped))
                errors.removeFirst()
            }
            entries.append(.event(event))
            stopped = event.stoppedSeconds
        }
        self.entries = entries + errors.map { .error($0, stoppedSeconds: stopped) }
    }

    var count: Int { entries.count }

    /// As many lines as fit, the newest at the bottom, or `below` more of them further down.
    func lines(height: Int, below: Int, width: Int) -> [[Span]] {
        let end = max(min(height, count), count - below)
        return entries[max(0, end - height)..<end].map { line($0, width: width) }
    }

    /// .NET's name; where there is little room its end, which tells it from the others.
    private static func name(_ name: String, width: Int, _ glyphs: Glyphs) -> String {
        let isAdjustment = name.hasPrefix("ThreadPoolWorkerThreadAdjustment")
        let common = isAdjustment ? "ThreadPoolWorkerThread" : "ThreadPoolWorker"
        guard width < 100, name.hasPrefix(common) else { return name }
        return glyphs.ellipsis + name.dropFirst(common.count)
    }

    private func span(_ seconds: Double) -> String {
        let microseconds = Int(clamping: min(seconds, 1e9) * 1e6)
        return Quantity.duration(microseconds: microseconds, glyphs: model.glyphs)
    }

    private func line(_ entry: Entry, width: Int) -> [Span] {
        let detail = model.snapshot?.detail
        let started = detail?.startedAtUnixSeconds ?? 0
        // Without the time of day the time since the start has to do.
        let clock =
            started > 0
            ? Quantity.timeOfDay(
                unixSeconds: started + Double(detail?.utcOffsetSeconds ?? 0) + entry.elapsedSeconds
                    + entry.stoppedSeconds
            )
            : Quantity.clock(seconds: entry.elapsedSeconds)
        let name: Span
        let text: String
        switch entry {
        case .event(let event):
            name = Span(Self.name(event.name, width: width, model.glyphs), .strong)
            let times = event.count > 1 ? "x\(event.count) in \(span(event.spanSeconds))  " : ""
            text = times + event.text
        case .error(let line, _):
            let source = line.isRemark ? "pooltop" : "standard error"
            name = Span("\(model.glyphs.warning) \(source)", .warning)
            text = line.text
        }
        let room = width - clock.width - name.text.width - 4
        return [
            Span(clock, .dim), Span("  "), name, Span("  "),
            Span(text.cut(to: max(0, room), glyphs: model.glyphs)),
        ]
    }
}
