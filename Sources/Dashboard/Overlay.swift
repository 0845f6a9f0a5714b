// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// What covers the panes; `Esc` leads back to them, and they are as they were.
enum Overlay: Equatable, Sendable {
    case detail(Detail)
    /// The knob panel, and the setting that is chosen in it.
    case knobs(Setting)
    /// The whole event log.
    case events
    /// All scenarios.
    case scenarios(ScenarioMenu.Place)
    case chart
    /// The article's picture, as the live screen.
    case picture
    /// Async code and a thread per connection, side by side.
    case twin
    /// The hill climber's numbers, over the chart, and the first line in sight.
    case climber(top: Int)
    /// Whether to cancel the operation that a state machine awaits.
    case cancel(CancelQuestion)
    /// State graphs, sources, or the forest of tasks.
    case machineView(MachineView)

    /// One thing, followed by its number.
    struct Detail: Equatable, Sendable {
        /// The thing as it was seen last.
        enum Subject: Equatable, Sendable {
            case packet(RuntimeSnapshot.PacketRow)
            case poller(RuntimeSnapshot.PollerRow)
            case worker(RuntimeSnapshot.WorkerRow)
            case function(RuntimeSnapshot.FunctionRow)
            case machine(RuntimeSnapshot.MachineRow)
        }

        var subject: Subject
        /// When it was last seen.
        var seenAt: Double
        var isGone = false
        /// The first line in sight.
        var top = 0

        var id: RowID {
            switch subject {
            case .packet(let row): row.id
            case .poller(let row): row.id
            case .worker(let row): row.id
            case .function(let row): row.id
            case .machine(let row): row.id
            }
        }
    }
}

extension Model {
    /// Opens the chosen row of the focused pane.
    mutating func openDetail() {
        let list = cursorList(of: focus)
        guard let id = rows.id(list, at: self.list(list).index), let subject = subject(id) else {
            return
        }
        overlay = .detail(Overlay.Detail(subject: subject, seenAt: now))
    }

    /// Looks again at what the detail view is about.
    mutating func renewOverlay() {
        if case .cancel(let question) = overlay { renew(question) }
        guard case .detail(var detail) = overlay else { return }
        if let subject = subject(detail.id) {
            detail.subject = subject
            detail.seenAt = now
            detail.isGone = false
        } else {
            detail.isGone = true
        }
        overlay = .detail(detail)
    }

    private func subject(_ id: RowID) -> Overlay.Detail.Subject? {
        // What is open stays open, also where a filter hides its row.
        if case .machine(let number) = id {
            let row = snapshot?.detail?.machines.first { $0.number == number }
            return row.map { .machine($0) }
        }
        guard let index = rows.index(of: id) else { return nil }
        return switch id {
        case .packet: .packet(rows.packets[index])
        case .poller: .poller(rows.pollers[index])
        case .worker: .worker(rows.workers[index])
        case .function: .function(rows.functions[index])
        case .machine: .machine(rows.machines[index])
        }
    }
}
