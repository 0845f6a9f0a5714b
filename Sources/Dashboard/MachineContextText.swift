// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// The whole context of a state machine: where it came from, how it is to run and what that was
/// captured by, its children and task-local values, its frames, and what it did.
struct MachineContextText {
    private static let labelWidth = 11

    let row: RuntimeSnapshot.MachineRow
    let model: Model
    let width: Int

    private var glyphs: Glyphs { model.glyphs }
    private var states: RuntimeSnapshot.States { model.states }

    var lines: [[Span]] {
        let context = row.context
        var lines = [
            fact("priority", priority),
            fact("cancelled", cancelled),
            fact("came from", origin),
            fact("runs on", context.scheduler.isEmpty ? "the pool" : context.scheduler),
        ]
        let known = MachineStoryText(row: row, model: model, width: width)
        let waits = WaitText(model)
        let texts = [waits.sentence(row), waits.awaitedBy(row)].compactMap(\.self)
        if !texts.isEmpty { lines += facts("waits", texts.joined(separator: "; ")) }
        lines += facts("captured", CaptureSentence(row: row).text)
        lines += facts("children", known.children) + known.locals
        if let start = context.startChain.flatMap(frames), let frame = start.first {
            lines.append(fact("began as", "\(frame.function) \(frame.location)"))
        }
        return lines + [[]] + frameLines + known.steps
    }

    private var priority: String {
        switch row.context.priority {
        case 0: "not known"
        case 33: "33, user interactive"
        case 25: "25, high"
        case 21: "21, medium"
        case 17: "17, low"
        case 9: "9, background"
        default: "\(row.context.priority)"
        }
    }

    /// Whether it is cancelled, and from which tasks a cancellation comes down to it.
    private var cancelled: String {
        let own = row.context.isCancelled.map { $0 ? "yes" : "no" } ?? "not known"
        guard row.context.isChild else { return own }
        let machines = model.snapshot?.detail?.machines ?? []
        var above: [String] = []
        var place: RuntimeSnapshot.MachineRow? = row
        // Numbers come round; a ring of parents ends with the limit.
        while let child = place, child.context.isChild, above.count < 8 {
            let parent = machines.first { $0.number == child.context.parent }
            let mark = parent?.context.isCancelled == true ? " (cancelled)" : ""
            above.append("#\(child.context.parent)\(mark)")
            place = parent
        }
        return "\(own); comes down from \(above.joined(separator: ", "))"
    }

    private var origin: String {
        let number = "#\(row.context.parent)"
        return switch row.context.origin {
        case .none: "no task"
        case .task: "task \(number), which does not wait for it"
        case .group: "a task group of \(number)"
        case .asyncLet: "an async let of \(number)"
        case .sleep: "Task.sleep of \(number), which sleeps in it"
        }
    }

    private func frames(_ chain: Int) -> [RuntimeSnapshot.Frame]? {
        states.chains.indices.contains(chain) ? states.chains[chain].frames : nil
    }

    private var frameLines: [[Span]] {
        guard let frames = row.context.chain.flatMap(frames), !frames.isEmpty else {
            let nameless = "none with a name: a library's, or a thunk of the compiler's"
            let reason = states.missing.isEmpty ? nameless : states.missing
            return [fact("frames", reason)]
        }
        let mark = row.context.isOfLastRun ? ", as of its last run" : ""
        var lines = [[Span("frames, innermost first\(mark)", .heading)]]
        for (index, frame) in frames.enumerated() {
            let name = frame.state.isEmpty ? "start" : frame.state
            lines.append([
                Span(index == 0 ? "\(glyphs.arrow) " : "  "), Span(name.left(6), .strong),
                Span(frame.function), Span("  \(frame.location)", .dim),
            ])
        }
        return lines
    }

    private func fact(_ label: String, _ value: String) -> [Span] {
        [Span(label.left(Self.labelWidth), .heading), Span(value)]
    }

    /// A fact of more words than a line may have.
    private func facts(_ label: String, _ value: String) -> [[Span]] {
        Paragraph.wrap(value, width: max(8, width - Self.labelWidth)).enumerated().map {
            fact($0 == 0 ? label : "", $1)
        }
    }
}
