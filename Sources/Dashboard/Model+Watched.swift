// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

extension Model {
    /// The machines whose stories are wanted: the one that is open, the chosen one of the list or of
    /// the forest, and those that are followed.
    ///
    /// Each once, what is in sight first.
    var watchedMachines: [Int] {
        var numbers: [Int] = []
        for case let number? in [openMachine, selectedMachine, pinnedMachine, stopwatched]
        where !numbers.contains(number) {
            numbers.append(number)
        }
        return numbers
    }

    /// The machine whose detail is open, also below a question.
    private var openMachine: Int? {
        let detail: Overlay.Detail? =
            switch overlay {
            case .detail(let detail): detail
            case .cancel(let question): question.under
            default: nil
            }
        guard case .machine(let row) = detail?.subject else { return nil }
        return row.number
    }

    /// The machine that was chosen by hand; in the forest one always is, from the first on.
    private var selectedMachine: Int? {
        if case .machineView(let view) = overlay, view.kind == .forest {
            return view.machine ?? Forest(self, folded: view.folded).rows.first?.machine.number
        }
        guard case .machine(let number) = list(.machines).followed else { return nil }
        return number
    }

    private var stopwatched: Int? { tempo.followed?.number }
}
