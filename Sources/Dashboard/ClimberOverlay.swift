// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// The hill climber's own numbers, and what each of them means.
struct ClimberOverlay {
    private static let widest = 76
    private static let labelWidth = 13

    let model: Model
    let top: Int

    var lineCount: Int { lines.count }
    var height: Int { placed.height }
    /// Where the box is.
    var placed: OverlayBox { box(lineCount) }

    func draw(on frame: inout Frame) {
        let lines = lines
        box(lines.count).draw("Hill climbing", lines, on: &frame, glyphs: model.glyphs)
    }

    private func box(_ lineCount: Int) -> OverlayBox {
        OverlayBox(size: model.size, widest: Self.widest, lineCount: lineCount, top: top)
    }

    private var lines: [[Span]] {
        guard let detail = model.snapshot?.detail else { return [[Span("Nothing is known.")]] }
        let width = max(8, OverlayBox.columns(of: model.size, widest: Self.widest) - 4)
        var lines: [[Span]] = []
        if !detail.switches.hillClimbing {
            lines += [[Span("\(model.glyphs.warning) It is switched off.", .warning)], []]
        }
        for fact in facts(detail.climber) {
            let room = width - Self.labelWidth - fact.value.width - 2
            var line = [
                Span(fact.label.left(Self.labelWidth), .heading), Span(fact.value, .strong),
            ]
            // Where there is no room for it, what it means has to be known.
            if fact.meaning.width <= room { line.append(Span("  \(fact.meaning)", .dim)) }
            lines.append(line)
        }
        lines.append([])
        return lines + Paragraph.wrap(Self.explanation, width: width).map { [Span($0, .dim)] }
    }

    private func facts(
        _ climber: RuntimeSnapshot.Climber
    ) -> [(label: String, value: String, meaning: String)] {
        func time(_ microseconds: Int) -> String {
            Quantity.duration(microseconds: microseconds, glyphs: model.glyphs).right(5)
        }
        let throughput = "\(Quantity.rate(climber.throughput))/s".right(6)
        let decided = climber.samples == 0 || climber.reason.isEmpty ? "nothing" : climber.reason
        return [
            ("decided", decided, "on the numbers of the last sample"),
            ("control", Self.hundredths(climber.controlSetting), "threads, before the wave"),
            ("wave", "\(climber.waveMagnitude)".right(5), "threads more in its upper half"),
            (
                "ratio", Self.hundredths(climber.throughputRatio),
                "above 0: more threads, more throughput"
            ),
            ("confidence", Self.hundredths(climber.confidence), "1 and above: sure"),
            ("throughput", throughput, "items, in a sample of \(time(climber.sampleMicroseconds))"),
            ("thread wave", Self.hundredths(climber.threadWave), "of the mean, real part"),
            ("its answer", Self.hundredths(climber.throughputWave), "in the throughput"),
            (
                "noise", Self.hundredths(climber.throughputErrorEstimate),
                "\(Self.hundredths(climber.averageThroughputErrorEstimate).trimmed) on average"
            ),
            ("interval", time(climber.intervalMicroseconds), "from sample to sample"),
            ("samples", Quantity.count(climber.samples).right(5), "used since the start"),
            (
                "processors", "\(climber.utilizationPercent)%".right(5),
                "used by this process; above 95% it stays"
            ),
        ]
    }

    private static let explanation = """
        It lays a wave of four samples over the number of threads and looks for the same wave in \
        the throughput. If that swings along, more threads help, and the control setting climbs; \
        if it swings against, it descends. Ratio and confidence decide how far.
        """

    private static func hundredths(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e9 else { return "-".right(5) }
        let hundredths = Int((abs(value) * 100).rounded())
        let digits = hundredths % 100
        let sign = value < 0 && hundredths > 0 ? "-" : ""
        return "\(sign)\(hundredths / 100).\(digits < 10 ? "0" : "")\(digits)".right(5)
    }
}

extension String {
    /// The text without the blanks before it.
    fileprivate var trimmed: String { String(drop { $0 == " " }) }
}
