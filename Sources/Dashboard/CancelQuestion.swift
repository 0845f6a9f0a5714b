// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// The question that is asked before the operation is cancelled that a state machine awaits.
///
/// Most operations take less time than a person takes to answer: what is asked about is the machine,
/// and the box says all the time what it awaits just now.
struct CancelQuestion: Equatable, Sendable {
    /// The machine as it was seen last.
    var machine: RuntimeSnapshot.MachineRow
    var isGone = false
    /// The detail view from which the question was asked, and to which the answer leads back.
    var under: Overlay.Detail?
}

/// The box that asks it.
struct CancelBox {
    private static let widest = 66

    let model: Model
    let question: CancelQuestion

    /// Where the box is.
    var placed: OverlayBox {
        OverlayBox(size: model.size, widest: Self.widest, lineCount: lines.count, top: 0)
    }

    func draw(on frame: inout Frame) {
        placed.draw("Cancel an operation", lines, on: &frame, glyphs: model.glyphs)
    }

    private var lines: [[Span]] {
        let machine = question.machine
        let width = max(8, OverlayBox.columns(of: model.size, widest: Self.widest) - 4)
        let asked = "Cancel the operation that machine #\(machine.number) awaits?"
        let effect =
            "Its await throws `cancelled`, and the function goes on from there. The event log "
            + "tells what came of it."
        var lines = Paragraph.wrap(asked, width: width).map { [Span($0, .strong)] }
        lines += [[], fact("function", Span(machine.function))]
        if question.isGone {
            lines.append([Span("\(model.glyphs.warning) It has ended.", .warning)])
        } else {
            let time = Quantity.spell(
                microseconds: machine.sinceMicroseconds,
                glyphs: model.glyphs
            )
            let place = machine.descriptor < 0 ? "" : " on descriptor \(machine.descriptor)"
            let state = MachineColumns.state(machine.state, model.glyphs)
            lines.append(fact("now in", state) + [Span(place)])
            lines.append(fact("for", Span(time)))
        }
        lines.append([])
        lines += Paragraph.wrap(effect, width: width).map { [Span($0, .dim)] }
        return lines + [[], answers]
    }

    private var answers: [Span] {
        [Span("y", .key), Span(" cancel it    "), Span("Esc", .key), Span(" leave it alone")]
    }

    private func fact(_ label: String, _ value: Span) -> [Span] {
        [Span(label.left(10), .heading), value]
    }
}

extension Model {
    /// Asks whether to cancel what the chosen state machine awaits; says so where there is none.
    mutating func askToCancel() {
        var under: Overlay.Detail?
        if case .detail(let detail) = overlay { under = detail }
        guard let machine = cancellable else {
            say("x cancels what a state machine awaits: choose a machine in pane 4.")
            return
        }
        guard machine.isInOperation else {
            say("Machine #\(machine.number) is \(machine.state): no operation to cancel.")
            return
        }
        overlay = .cancel(CancelQuestion(machine: machine, under: under))
    }

    /// The machine that `x` is about: the one in the detail view, else the chosen row.
    var cancellable: RuntimeSnapshot.MachineRow? {
        if case .detail(let detail) = overlay {
            guard case .machine(let machine) = detail.subject, !detail.isGone else { return nil }
            return machine
        }
        guard focus == .machines, cursorList(of: focus) == .machines else { return nil }
        let index = list(.machines).index
        return rows.machines.indices.contains(index) ? rows.machines[index] : nil
    }

    mutating func pressInQuestion(_ key: Key, _ question: CancelQuestion) -> [Effect] {
        switch key {
        case .character("y"), .character("Y"), .enter:
            overlay = question.under.map(Overlay.detail)
            say("Machine #\(question.machine.number): its operation is being cancelled.")
            cancelAskedAt = now
            return [.command(.cancelOperation(machine: question.machine.number))]
        case .escape, .character("n"), .character("N"), .character("x"), .backspace:
            overlay = question.under.map(Overlay.detail)
        default: break
        }
        return []
    }

    /// Looks again at the machine that the question is about.
    mutating func renew(_ question: CancelQuestion) {
        var question = question
        if let index = rows.index(of: question.machine.id) {
            question.machine = rows.machines[index]
        } else {
            question.isGone = true
        }
        overlay = .cancel(question)
    }

    /// Says what came of the last cancellation, once the log does.
    mutating func tellCancellation(_ events: [RuntimeSnapshot.EventRow]) {
        guard let asked = cancelAskedAt,
            let event = events.last(where: { $0.name == "CancelIoEx" }),
            event.elapsedSeconds > asked
        else { return }
        cancelAskedAt = nil
        say("\(event.name): \(event.text)")
    }
}

extension RuntimeSnapshot.MachineRow {
    /// Whether it awaits an operation of the port.
    fileprivate var isInOperation: Bool {
        !["running", "queued", "suspended"].contains(state)
    }
}
