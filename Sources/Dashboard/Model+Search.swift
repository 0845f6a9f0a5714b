// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// Looking for state machines: by a filter that is typed, and one that stays in sight.
extension Model {
    /// What the user has typed, and what it means.
    struct Search: Equatable, Sendable {
        var text = ""
        /// Whether keys are letters of it.
        var isTyping = true
        /// What the text means, or meant when it last meant something.
        var filter = MachineFilter()
        /// Why the text means nothing.
        var fault: String?
    }

    /// More than fits on any line.
    private static let longestSearch = 200

    /// What the runtime is to look for.
    var machineSearch: MachineSearch {
        MachineSearch(filter: search?.filter ?? MachineFilter(), pinned: pinnedMachine ?? 0)
    }

    mutating func openSearch() {
        focus = .machines
        machineList = .machines
        var search = search ?? Search()
        search.isTyping = true
        self.search = search
    }

    /// Does what a key means while the filter is typed.
    mutating func pressInSearch(_ key: Key, _ search: Search) -> [Effect] {
        var search = search
        switch key {
        case .escape: return clearSearch()
        case .enter, .tab, .up, .down:
            search.isTyping = false
            self.search = search.text.isEmpty ? nil : search
            return []
        case .backspace:
            guard !search.text.isEmpty else { return clearSearch() }
            search.text.removeLast()
        case .control("u"): search.text = ""
        case .character(let character):
            guard search.text.count < Self.longestSearch else { return [] }
            search.text.append(character)
        default: return []
        }
        do throws(MachineFilter.Fault) {
            search.filter = try MachineFilter(parsing: search.text)
            search.fault = nil
        } catch {
            search.fault = error.sentence
        }
        self.search = search
        return look()
    }

    /// All machines are shown again.
    mutating func clearSearch() -> [Effect] {
        search = nil
        return look()
    }

    /// Keeps the chosen machine in sight, wherever sorting and filters take it; or lets it go.
    mutating func pinMachine() -> [Effect] {
        let index = list(.machines).index
        guard focus == .machines, cursorList(of: .machines) == .machines,
            rows.machines.indices.contains(index)
        else {
            guard pinnedMachine != nil else {
                say("Choose a state machine, then press F: it stays in sight.")
                return []
            }
            return unpin()
        }
        let number = rows.machines[index].number
        guard number != pinnedMachine else { return unpin() }
        pinnedMachine = number
        choose(.machines, index)
        say("#\(number) stays in sight and marked; F lets it go.")
        return look()
    }

    private mutating func unpin() -> [Effect] {
        say("#\(pinnedMachine ?? 0) is a row like any other again.")
        pinnedMachine = nil
        return look()
    }

    /// Shows at once what is known, and asks the runtime to look further.
    private mutating func look() -> [Effect] {
        renewRows()
        return [.command(.searchMachines(machineSearch))]
    }
}
