// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// The rows of all lists, in the orders that the user has chosen.
struct Rows: Equatable, Sendable {
    private(set) var packets: [RuntimeSnapshot.PacketRow] = []
    private(set) var pollers: [RuntimeSnapshot.PollerRow] = []
    private(set) var workers: [RuntimeSnapshot.WorkerRow] = []
    private(set) var functions: [RuntimeSnapshot.FunctionRow] = []
    private(set) var machines: [RuntimeSnapshot.MachineRow] = []

    init() {}

    init(_ detail: RuntimeSnapshot.Detail?, orderedFor model: Model) {
        guard let detail else { return }
        func sort(_ list: ListID) -> Sort? { model.list(list).sort }
        packets = detail.packets.sorted(sort(.packets), by: PacketColumns(model: model).all)
        pollers = detail.pollers.sorted(sort(.pollers), by: PollerColumns(model: model).all)
        workers = detail.workers.sorted(sort(.workers), by: WorkerColumns(model: model).all)
        // Where there is room for a few, they are the ones in which something happens.
        functions = detail.functions.filter(\.isLively) + detail.functions.filter { !$0.isLively }
        if let order = sort(.functions) {
            let columns = FunctionColumns(model: model, functions: functions).all
            functions = functions.sorted(order, by: columns)
        }
        let search = model.machineSearch
        let machines = detail.machines.filter { machine in
            machine.number == search.pinned || search.filter.matches(machine)
        }
        self.machines = machines.sorted(sort(.machines), by: MachineColumns(model: model).all)
    }

    func count(_ list: ListID) -> Int {
        switch list {
        case .packets: packets.count
        case .pollers: pollers.count
        case .workers: workers.count
        case .functions: functions.count
        case .machines: machines.count
        }
    }

    /// What a row is about; `nil` where there is no such row.
    func id(_ list: ListID, at index: Int) -> RowID? {
        guard index >= 0, index < count(list) else { return nil }
        return switch list {
        case .packets: packets[index].id
        case .pollers: pollers[index].id
        case .workers: workers[index].id
        case .functions: functions[index].id
        case .machines: machines[index].id
        }
    }

    /// Where the row of something is now; `nil` if it is not there any more.
    func index(of id: RowID) -> Int? {
        switch id {
        case .packet(let number): packets.firstIndex { $0.number == number }
        case .poller(let number): pollers.firstIndex { $0.number == number }
        case .worker(let number): workers.firstIndex { $0.number == number }
        case .function(let name): functions.firstIndex { $0.function == name }
        case .machine(let number): machines.firstIndex { $0.number == number }
        }
    }
}

extension RuntimeSnapshot.FunctionRow {
    /// Whether operations of it finish, or several machines are in it.
    fileprivate var isLively: Bool {
        donePerSecond > 0 || waiting.values.reduce(running &+ suspended) { $0 &+ $1 } > 1
    }
}
