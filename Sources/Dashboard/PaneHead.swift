// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// The head of a pane: its number, its name, and the figures that `+` and `-` change.
struct PaneHead {
    let pane: Pane
    let model: Model
    /// Whether the pane's content is drawn; a closed pane says more in its head.
    let isOpen: Bool

    func draw(on frame: inout Frame, in rect: Rect) {
        let isFocused = model.focus == pane
        let mark = "\(isFocused ? model.glyphs.arrow : "")\(pane.rawValue) "
        let figures = figures
        let room = rect.columns - 2
        let needed = figures.first.map { $0.text.count + 3 } ?? 0
        let isNarrow = mark.count + pane.name.count + needed > room
        let name = isNarrow ? pane.shortName : pane.name
        var line = PhraseLine(separator: Span(" \(model.glyphs.separator) ", .border))
        line.phrases = [.init(mark + name, isFocused ? .focus : .strong)]
        line.phrases += figures.map { .init($0.text, isFocused ? .focus : .plain, rank: $0.rank) }
        let spans = line.fitted(to: room)
        let end = frame.draw(spans, column: rect.column, row: rect.row, in: rect)
        frame.draw(" ", column: end, row: rect.row, in: rect)
    }

    private var figures: [(text: String, rank: Int)] {
        guard let snapshot = model.snapshot else { return [] }
        switch pane {
        case .port: return port(snapshot)
        case .pollers:
            let pollers = snapshot.pollers
            return [
                ("\(pollers.count) of \(changed(.pollerMinimum))..\(pollers.maximum)", 1),
                ("\(pollers.running) running", 2),
            ]
                + (pollers.inline > 0 ? [("\(pollers.inline) inline", 3)] : [])
                + (pollers.blocked > 0 ? [("\(pollers.blocked) blocked", 2)] : [])
        case .workers:
            let workers = snapshot.workers
            return [
                ("\(workers.processing) busy", 2), ("goal \(workers.goal)", 3),
                ("min \(changed(.workerMinimum))", 1), ("max \(workers.maximum)", 4),
            ] + (workers.blocked > 0 ? [("\(workers.blocked) blocked", 2)] : [])
        case .machines:
            let machines = snapshot.machines
            return [
                ("\(Quantity.count(machines.inFlight)) in flight", 1),
                ("\(Quantity.count(machines.started)) started", 3),
                ("\(Quantity.count(machines.finished)) finished", 3),
            ] + place
        }
    }

    private func port(_ snapshot: RuntimeSnapshot) -> [(text: String, rank: Int)] {
        var figures = [("concurrency \(changed(.concurrency))", 1)]
        if !isOpen {
            figures += [
                ("\(Quantity.count(snapshot.port.armed)) armed", 2),
                ("\(Quantity.count(snapshot.port.queued)) queued", 2),
            ]
        }
        if snapshot.port.staleEvents > 0 {
            figures.append(("\(Quantity.count(snapshot.port.staleEvents)) stale", 3))
        }
        return figures
    }

    /// Which row is chosen, where not all can be seen.
    private var place: [(text: String, rank: Int)] {
        guard model.focus == pane, let row = model.selection(in: pane) else { return [] }
        return [("row \(row + 1) of \(model.rowCount(of: pane))", 2)]
    }

    /// A setting's value; while a change is under way, the old and the new one.
    private func changed(_ setting: Setting) -> String {
        let present = model.snapshot.flatMap { setting.value(in: $0) } ?? 0
        guard let target = model.targets[setting] else { return "\(present)" }
        return "\(present)\(model.glyphs.becomes)\(target.value)"
    }
}
