// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// All that is known of one packet, poller, worker, function or state machine.
struct DetailOverlay {
    private static let widest = 76

    let model: Model
    let detail: Overlay.Detail

    var lineCount: Int { lines.count }
    var height: Int { placed.height }
    /// Where the box is.
    var placed: OverlayBox { box(lineCount) }

    func draw(on frame: inout Frame) {
        let lines = lines
        box(lines.count).draw(head, lines, on: &frame, glyphs: model.glyphs)
    }

    private func box(_ lineCount: Int) -> OverlayBox {
        OverlayBox(
            size: model.size,
            widest: Self.widest,
            lineCount: lineCount,
            top: detail.top
        )
    }

    /// Columns that a line may take.
    private var width: Int {
        max(8, OverlayBox.columns(of: model.size, widest: Self.widest) - 4)
    }

    private var head: String {
        switch detail.subject {
        case .packet(let row): "Completion packet #\(row.number)"
        case .poller(let row): "Poller \(row.number)"
        case .worker(let row): "Worker \(row.number)"
        case .function(let row): "Function \(row.function)"
        case .machine(let row): "State machine #\(row.number)"
        }
    }

    private var lines: [[Span]] {
        var lines: [[Span]] = []
        if detail.isGone {
            let clock = Quantity.clock(seconds: detail.seenAt)
            let text = "\(model.glyphs.warning) \(farewell) Seen last at \(clock):"
            lines += Paragraph.wrap(text, width: width).map { [Span($0, .warning)] } + [[]]
        }
        let text = DetailText(model: model, width: width)
        let (facts, sentence) =
            switch detail.subject {
            case .packet(let row): text.packet(row)
            case .poller(let row): text.poller(row)
            case .worker(let row): text.worker(row)
            case .function(let row): text.function(row)
            case .machine(let row): text.machine(row)
            }
        lines += facts
        lines.append([])
        lines += Paragraph.wrap(sentence, width: width).map { [Span($0, .dim)] }
        return lines
    }

    /// What it means that the thing is not in the snapshots any more.
    private var farewell: String {
        switch detail.subject {
        case .packet: "No longer among the newest packets."
        case .poller, .worker: "The thread has ended."
        case .function: "No state machine is in this function any more."
        case .machine(let row): farewell(of: row.number)
        }
    }

    /// What it means that a machine has no row any more, as far as its story says so; or else, when
    /// all that are in flight have one.
    private func farewell(of number: Int) -> String {
        let detail = model.snapshot?.detail
        let story = detail?.states.stories.first { $0.machine == number }
        switch story?.steps.last?.state {
        case "ended": return "It has ended."
        case "left": return "It has left for another runtime."
        default: break
        }
        let areAllShown =
            (detail?.machines.count ?? 0) >= (model.snapshot?.machines.inFlight ?? 0)
        return areAllShown
            ? "It has ended." : "It has ended, or is not among the machines that have a row."
    }
}
