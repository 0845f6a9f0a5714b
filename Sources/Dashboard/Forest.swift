// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// The tasks that have a row, as trees: below each the children and the tasks it has made.
struct Forest {
    struct Row {
        var machine: RuntimeSnapshot.MachineRow
        var depth: Int
        /// Tasks directly below it, shown or not.
        var children: Int
        var isFolded: Bool
    }

    private(set) var rows: [Row] = []

    init(_ model: Model, folded: Set<Int>) {
        let machines = model.snapshot?.detail?.machines ?? []
        let known = Set(machines.map(\.number))
        var below: [Int: [RuntimeSnapshot.MachineRow]] = [:]
        var roots: [RuntimeSnapshot.MachineRow] = []
        for machine in machines {
            let parent = machine.context.parent
            if parent != 0, parent != machine.number, known.contains(parent) {
                below[parent, default: []].append(machine)
            } else {
                roots.append(machine)
            }
        }
        var seen: Set<Int> = []
        for root in roots.sorted(by: { $0.number < $1.number }) {
            add(root, depth: 0, below, folded, &seen)
        }
    }

    /// Numbers are of 32 bits and come round; `seen` keeps a ring of parents from going on for ever.
    private mutating func add(
        _ machine: RuntimeSnapshot.MachineRow,
        depth: Int,
        _ below: [Int: [RuntimeSnapshot.MachineRow]],
        _ folded: Set<Int>,
        _ seen: inout Set<Int>
    ) {
        guard seen.insert(machine.number).inserted else { return }
        let children = (below[machine.number] ?? []).sorted { $0.number < $1.number }
        let isFolded = folded.contains(machine.number)
        rows.append(
            Row(
                machine: machine,
                depth: depth,
                children: children.count,
                isFolded: isFolded
            )
        )
        guard !isFolded else { return }
        for child in children { add(child, depth: depth + 1, below, folded, &seen) }
    }
}
