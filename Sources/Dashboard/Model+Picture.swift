// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

extension PictureStation {
    /// The pane that shows it in full; `nil` for the placement, which is a setting.
    fileprivate var pane: Pane? {
        switch self {
        case .userCode, .machine, .operation: .machines
        case .kernel, .port: .port
        case .pollers: .pollers
        case .placement: nil
        case .queues, .workers: .workers
        }
    }
}

extension Model {
    /// A click in the picture opens what it is on: a box its pane, the placement its knob, the
    /// middle the machine whose hops it tells.
    mutating func clickPicture(_ event: MouseEvent) {
        guard let picture = Picture(model: self) else { return }
        if let station = picture.station(column: event.column, row: event.row) {
            guard let pane = station.pane else {
                overlay = .knobs(.placement)
                return
            }
            overlay = nil
            focus = pane
            if station == .userCode, rows.count(.functions) > 0 { machineList = .functions }
            if station == .machine || station == .operation { machineList = .machines }
            chooseFollowed(in: pane)
            say("\(station.title): its pane. p leads back to the picture.")
        } else if picture.isMiddle(column: event.column, row: event.row),
            let followed = tempo.followed,
            let index = rows.index(of: .machine(followed.number))
        {
            focus = .machines
            choose(.machines, index)
            openDetail()
        }
    }

    /// The machine that is followed is chosen where the pane lists machines.
    private mutating func chooseFollowed(in pane: Pane) {
        guard pane == .machines, machineList == .machines, let followed = tempo.followed,
            let index = rows.index(of: .machine(followed.number))
        else { return }
        choose(.machines, index)
    }
}
