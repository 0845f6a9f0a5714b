// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

extension Model {
    /// Microseconds that a hop is held, from full speed to the slowest.
    static let paces = [0, 50_000, 250_000, 1_000_000]

    /// Hops that have passed in a world in which none passes but by a key; otherwise 0.
    package var hopsStepped: Int { tempo.isPaused ? tempo.passed : 0 }

    /// Does what a key of the tempo means; `nil` for other keys.
    mutating func pressTempo(_ key: Key) -> [Effect]? {
        switch key {
        case .character(" "): return pauseWorld(!tempo.isPaused)
        case .character("s"):
            if tempo.isPaused {
                // The caption is the hop's, which a frozen view does not show.
                notice = nil
                if isViewFrozen { say("One hop goes through; Z shows the world again.") }
            } else {
                tempo.isPaused = true
                say("The world is frozen. Each further s lets one hop through.")
            }
            return [.command(.step)]
        case .character("t"): return changePace(by: 1)
        case .character("T"): return changePace(by: -1)
        case .character("Z"):
            isViewFrozen.toggle()
            say(
                !isViewFrozen
                    ? "The view is live again."
                    : tempo.isPaused
                        ? "The view is frozen, as the world is."
                        : "The view is frozen; the world runs on."
            )
            return []
        case .character("f"): return followMachine()
        case .character("p"):
            overlay = overlay == .picture ? nil : .picture
            return []
        default: return nil
        }
    }

    private mutating func pauseWorld(_ isPaused: Bool) -> [Effect] {
        tempo.isPaused = isPaused
        tempo.steps = 0
        say(
            isPaused
                ? "The world is frozen, world time too. s lets one hop through."
                : "The world goes on."
        )
        return [.command(.setWorldPaused(isPaused))]
    }

    /// A pace slower or faster; in a world that is frozen, too.
    private mutating func changePace(by step: Int) -> [Effect] {
        let index = Self.paces.lastIndex { $0 <= tempo.microsecondsPerHop } ?? 0
        let pace = Self.paces[min(max(0, index + step), Self.paces.count - 1)]
        tempo.microsecondsPerHop = pace
        say(
            pace == 0
                ? "Full speed." : "Slow motion: one hop each \(TempoBadge.interval(pace))."
        )
        return [.command(.setTempo(microsecondsPerHop: pace))]
    }

    /// Follows the machine of the chosen row; followed already, lets it go.
    private mutating func followMachine() -> [Effect] {
        let chosen = chosenMachine
        guard let chosen, chosen != tempo.followed?.number else {
            guard tempo.followed != nil else {
                say("Choose a state machine, or a worker that runs one, then press f.")
                return []
            }
            say("No machine is followed any more.")
            return [.command(.follow(machine: nil))]
        }
        say("Following #\(chosen): a stopwatch for each of its hops.")
        return [.command(.follow(machine: chosen))]
    }

    /// The machine of the chosen row, else the one whose hop has passed last, else one that is on its
    /// way.
    private var chosenMachine: Int? {
        let machines = rows.machines
        if overlay != .picture {
            if focus == .machines, cursorList(of: .machines) == .machines {
                let index = list(.machines).index
                if machines.indices.contains(index) { return machines[index].number }
            }
            if focus == .workers, rows.workers.indices.contains(list(.workers).index) {
                let machine = rows.workers[list(.workers).index].machine
                if machine > 0 { return machine }
            }
        } else if let followed = tempo.followed {
            return followed.number
        }
        if let last = tempo.last, last.machine > 0 { return last.machine }
        return machines.min { Self.isFollowedRather($0, than: $1) }?.number
    }

    /// Whether a machine has more to tell than another: of two of the same kind, the one that has
    /// seen more threads.
    private static func isFollowedRather(
        _ row: RuntimeSnapshot.MachineRow,
        than other: RuntimeSnapshot.MachineRow
    ) -> Bool {
        (stillness(row), -row.hops, row.number) < (stillness(other), -other.hops, other.number)
    }

    /// The less, the sooner a machine goes through the picture: a client, who asks and is answered;
    /// whoever has a socket, is on a thread or asleep; a listener, which may wait for ever; and one
    /// that awaits others.
    private static func stillness(_ row: RuntimeSnapshot.MachineRow) -> Int {
        switch row.state {
        case "suspended", "ended": 4
        case "accept": 3
        // By its source file, which is what the list names it by, too.
        default: row.site.contains("Client") ? 0 : row.descriptor >= 0 ? 1 : 2
        }
    }
}
