// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// The head of a pane: its number, its name, and the figures that `+` and `-` change.
struct PaneHead {
    let pane: Pane
    let model: Model
    /// Whether the pane's content is drawn; a closed pane says more in its head.
    let isOpen: Bool
    /// Where the rows of its list are.
    let place: ListPlace?

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
        case .port: return port(snapshot) + place(snapshot)
        case .pollers:
            let pollers = snapshot.pollers
            return [
                ("\(pollers.count) of \(changed(.pollerMinimum))..\(pollers.maximum)", 1),
                ("\(Self.wide(pollers.running, of: pollers.count)) running", 2),
            ]
                + (pollers.inline > 0 ? [("\(pollers.inline) inline", 3)] : [])
                + (pollers.blocked > 0 ? [("\(pollers.blocked) blocked", 2)] : [])
                + place(snapshot)
        case .workers:
            let workers = snapshot.workers
            return [
                ("\(Self.wide(workers.processing, of: workers.existing)) busy", 2),
                ("goal \(workers.goal)", 3),
                ("min \(changed(.workerMinimum))", 1), ("max \(workers.maximum)", 4),
            ] + (workers.blocked > 0 ? [("\(workers.blocked) blocked", 2)] : [])
                + place(snapshot)
        case .machines:
            let machines = snapshot.machines
            return sought(snapshot) + [("\(Quantity.count(machines.inFlight)) in flight", 1)]
                + (machines.onlyCounted > 0
                    ? [("\(Quantity.count(machines.onlyCounted)) only counted", 2)] : [])
                + [
                    ("\(Quantity.count(machines.started)) started", 4),
                    ("\(Quantity.count(machines.finished)) finished", 4),
                ] + place(snapshot)
        }
    }

    /// The filter that is in force, and what it has found.
    private func sought(_ snapshot: RuntimeSnapshot) -> [(text: String, rank: Int)] {
        guard let search = model.search, !search.filter.terms.isEmpty else { return [] }
        var figures = [("/\(search.text)", 1)]
        if let result = snapshot.detail?.search {
            figures.append((SearchLine.sentence(result, of: snapshot.machines.inFlight), 1))
        }
        return figures
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

    /// Which rows are in sight, where not all can be.
    ///
    /// Of the machines only some have a row: how many there are stands before it.
    private func place(_ snapshot: RuntimeSnapshot) -> [(text: String, rank: Int)] {
        guard let place, place.count > place.height else { return [] }
        let visible = place.visible
        let range = "\(visible.lowerBound + 1)-\(visible.upperBound)"
        let isSample =
            pane == .machines && snapshot.detail?.search == nil
            && snapshot.machines.inFlight > place.count
        return [("\(range) of \(place.count)\(isSample ? " sampled" : "")", 3)]
    }

    /// A part, as wide as the whole.
    private static func wide(_ part: Int, of whole: Int) -> String {
        "\(part)".right("\(whole)".count)
    }

    /// A setting's value; while a change is under way, the old and the new one.
    private func changed(_ setting: Setting) -> String {
        let present = model.snapshot.flatMap { setting.value(in: $0) } ?? 0
        guard let target = model.targets[setting] else { return "\(present)" }
        return "\(present)\(model.glyphs.becomes)\(target.value)"
    }
}
