// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// One of the ways to look at the state machines as a whole, and where the user is in it.
struct MachineView: Equatable, Sendable {
    enum Kind: CaseIterable, Sendable {
        /// A function's states and the ways between them.
        case states
        /// Its code, with the machines that are suspended at each line.
        case source
        /// Tasks and their children.
        case forest

        var next: Kind? {
            switch self {
            case .states: .source
            case .source: .forest
            case .forest: nil
            }
        }

        var name: String {
            switch self {
            case .states: "states"
            case .source: "source"
            case .forest: "forest"
            }
        }
    }

    var kind = Kind.states
    /// The function that is looked at, by ``RuntimeSnapshot/StateGraph/id``.
    var function: String?
    /// Lines that the text is scrolled by.
    var scrolled = 0
    /// The task that is chosen in the forest.
    var machine: Int?
    /// Tasks whose children are hidden.
    var folded: Set<Int> = []
}

extension RuntimeSnapshot.StateGraph {
    /// Tells functions of the same name apart.
    var id: String { "\(function) \(file):\(line)" }
}

extension Model {
    /// The compiler's states of the machines; none before the first snapshot.
    var states: RuntimeSnapshot.States { snapshot?.detail?.states ?? RuntimeSnapshot.States() }

    /// Functions in the order in which the views list them: first those whose source came along.
    var graphs: [RuntimeSnapshot.StateGraph] {
        let all = states.graphs.sorted {
            ($0.function, $0.id) < ($1.function, $1.id)
        }
        return all.filter(hasSource) + all.filter { !hasSource($0) }
    }

    private func hasSource(_ graph: RuntimeSnapshot.StateGraph) -> Bool {
        sources.lines(of: graph.file) != nil
    }

    /// Opens the states of the function in which most machines are, or which is chosen.
    mutating func openMachineView() {
        var view = MachineView()
        let chosen = cursorList(of: .machines) == .functions ? chosenFunction : nil
        let all = graphs
        // The runtime's own functions have their sources here too, but they are everybody's.
        let mine = all.filter { hasSource($0) && !$0.file.contains("/AsyncRuntime/") }
        func busiest(_ graphs: [RuntimeSnapshot.StateGraph]) -> RuntimeSnapshot.StateGraph? {
            graphs.max { ($0.machines, $1.function) < ($1.machines, $0.function) }
        }
        // A function that awaits operations is listed as it calls itself, without its type.
        let named = mine.filter { $0.function.split(separator: ".").last ?? "" == chosen ?? "" }
        view.function =
            (all.first { $0.function == chosen } ?? busiest(named)
            ?? busiest(mine.isEmpty ? all : mine))?.id
        overlay = .machineView(view)
    }

    private var chosenFunction: String? {
        guard case .function(let name) = rows.id(.functions, at: list(.functions).index) else {
            return nil
        }
        return name
    }

    mutating func pressInMachineView(_ key: Key, _ view: MachineView) {
        var view = view
        switch key {
        case .escape, .backspace:
            overlay = nil
            return
        case .character("m"):
            guard let next = view.kind.next else {
                overlay = nil
                return
            }
            view.kind = next
            view.scrolled = 0
        case .up, .character("k"): step(&view, by: -1)
        case .down, .character("j"): step(&view, by: 1)
        case .home, .character("g"): step(&view, by: -1_000_000)
        case .end, .character("G"): step(&view, by: 1_000_000)
        case .pageUp:
            view.scrolled -= view.kind == .forest ? 0 : 8
            if view.kind == .forest { step(&view, by: -10) }
        case .pageDown:
            view.scrolled += view.kind == .forest ? 0 : 8
            if view.kind == .forest { step(&view, by: 10) }
        case .enter, .left, .right:
            guard view.kind == .forest, let machine = view.machine else { return }
            if view.folded.remove(machine) == nil { view.folded.insert(machine) }
        default: return
        }
        overlay = .machineView(view)
    }

    private func step(_ view: inout MachineView, by steps: Int) {
        if view.kind == .forest {
            let rows = Forest(self, folded: view.folded).rows
            let index = rows.firstIndex { $0.machine.number == view.machine } ?? -1
            guard !rows.isEmpty else { return }
            view.machine = rows[min(max(0, index + steps), rows.count - 1)].machine.number
            return
        }
        let all = graphs
        guard !all.isEmpty else { return }
        let index = all.firstIndex { $0.id == view.function } ?? 0
        view.function = all[min(max(0, index + steps), all.count - 1)].id
        view.scrolled = 0
    }
}
