// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// One task of the forest, on one line.
struct ForestLine {
    let row: Forest.Row
    let states: RuntimeSnapshot.States
    let waits: WaitText
    let glyphs: Glyphs

    func spans(width: Int) -> [Span] {
        let machine = row.machine
        let frame = states.tellingFrame(ofChain: machine.context.chain)
        let sign = row.children == 0 ? glyphs.separator : row.isFolded ? "+" : "-"
        let indent = String(repeating: "  ", count: min(row.depth, 12))
        let name = frame?.function ?? machine.function
        let head = "\(indent)\(sign) #\(machine.number) "
        let time = Quantity.duration(microseconds: machine.sinceMicroseconds, glyphs: glyphs)
        let state = [Span(" "), MachineColumns.state(machine.state, glyphs), Span(" " + time)]
        var rest = facts(frame)
        let used = head.width + state.reduce(0) { $0 + $1.text.width }
        // What does not fit is left out from the end; the name is cut last.
        let least = min(name.width, 16)
        while !rest.isEmpty, used + least + rest.reduce(0, { $0 + $1.text.width }) > width {
            rest.removeLast()
        }
        let room = max(1, width - used - rest.reduce(0) { $0 + $1.text.width })
        return [Span(head), Span(name.cut(to: room, glyphs: glyphs), .strong)] + state + rest
    }

    /// What else is known, what matters most first.
    private func facts(_ frame: RuntimeSnapshot.Frame?) -> [Span] {
        let machine = row.machine
        var facts: [Span] = []
        if let text = waits.awaits(machine) { facts.append(Span(" \(text)", .waiting)) }
        if let text = waits.awaitedBy(machine) { facts.append(Span(" \(text)", .strong)) }
        if row.children > 0, row.isFolded { facts.append(Span(" \(row.children) below", .dim)) }
        if machine.context.isCancelled == true { facts.append(Span(" cancelled", .warning)) }
        if let frame {
            let place = [frame.state, frame.location].filter { !$0.isEmpty }.joined(separator: " ")
            facts.append(Span(" \(place)", .dim))
            if machine.context.isOfLastRun { facts.append(Span(" as of its last run", .dim)) }
        }
        switch machine.context.origin {
        case .group: facts.append(Span(" group child", .dim))
        case .asyncLet: facts.append(Span(" async let", .dim))
        case .sleep, .task, .none: break
        }
        return facts
    }
}
