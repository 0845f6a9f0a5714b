// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// A list of rows on the screen.
enum ListID: String, CaseIterable, Sendable {
    case packets
    case pollers
    case workers
    case functions
    case machines

    /// The pane that it is in.
    var pane: Pane {
        switch self {
        case .packets: .port
        case .pollers: .pollers
        case .workers: .workers
        case .functions, .machines: .machines
        }
    }
}

extension Pane {
    /// Its lists from top to bottom; the cursor goes through all of them.
    var lists: [ListID] { ListID.allCases.filter { $0.pane == self } }
}

/// What a row is about: it stays the same thing wherever sorting and time move the row.
enum RowID: Hashable, Sendable {
    case packet(Int)
    case poller(Int)
    case worker(Int)
    case function(String)
    case machine(Int)

    /// The list that such rows are in.
    var list: ListID {
        switch self {
        case .packet: .packets
        case .poller: .pollers
        case .worker: .workers
        case .function: .functions
        case .machine: .machines
        }
    }
}

/// A row that can tell what it is about.
protocol DashboardRow: Equatable, Sendable {
    var id: RowID { get }
}

extension RuntimeSnapshot.PacketRow: DashboardRow {
    var id: RowID { .packet(number) }
}

extension RuntimeSnapshot.PollerRow: DashboardRow {
    var id: RowID { .poller(number) }
}

extension RuntimeSnapshot.WorkerRow: DashboardRow {
    var id: RowID { .worker(number) }
}

extension RuntimeSnapshot.FunctionRow: DashboardRow {
    var id: RowID { .function(function) }
}

extension RuntimeSnapshot.MachineRow: DashboardRow {
    var id: RowID { .machine(number) }
}
