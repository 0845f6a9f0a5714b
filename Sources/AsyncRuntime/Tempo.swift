// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Port
internal import Synchronization
internal import Telemetry

/// How fast the world goes: full speed, slow motion, pause, step.
///
/// The gate holds the real threads of the runtime at their hops, and world time with them (see
/// `TempoState`); those that watch, the sampler and the program's main thread, are never held.
///
/// | thread at a hop                          | whoever changes the tempo, or steps       |
/// |------------------------------------------|-------------------------------------------|
/// | load the gate: closed                    | lock: state, clock, gate; take tickets    |
/// | lock: may it pass? else leave a ticket   | unpark their threads                      |
/// | park until the ticket has been taken     |                                           |
///
/// A thread comes with the bare facts of its hop, since world time runs until it has arrived. In
/// words they are put by whoever shows them.
///
/// A ticket that is taken has passed, and its token is on the way: no opening is lost, and none lets
/// two through. A hop that finds the gate open, while it is being closed, came before.
final class Tempo: Sendable {
    /// A thread that is held.
    // INVARIANT: the number is written and read under the lock of the state.
    private final class Ticket: @unchecked Sendable {
        let parker = Parker()
        let facts: HopFacts
        /// As the so many-th it has passed; `nil` while it is held, and where full speed freed it.
        var number: Int?

        init(_ facts: HopFacts) {
            self.facts = facts
        }
    }

    private struct State {
        var tempo = TempoState()
        /// Nanoseconds a hop, as set; 0 is full speed.
        var interval: UInt64 = 0
        var isPaused = false
        var isOpenForGood = false
        var tickets: [TempoState.Thread: Ticket] = [:]
        var last: HopFacts?
        var holdsClock = false
        /// Whether world time is this runtime's to hold.
        var ownsWorldTime = false
        weak var gate: HopGate?
        weak var port: CompletionPort?
        var placement: PlacementSetting?
    }

    private let registry: StateMachineRegistry
    private let log: EventLog
    private let bell: SamplerBell
    private let state = Lock(State())
    private let story = FollowedStory()
    /// Whether hops are held at all, or only looked at for the machine that is followed.
    private let holdsHops = Atomic<Bool>(false)

    init(registry: StateMachineRegistry, log: EventLog, bell: SamplerBell) {
        self.registry = registry
        self.log = log
        self.bell = bell
    }

    /// Makes known what the tempo changes; before the first command.
    func connect(_ gate: HopGate, _ port: CompletionPort, _ placement: PlacementSetting) {
        state.withLock { state in
            state.gate = gate
            state.port = port
            state.placement = placement
        }
    }

    /// World time stands with the hops of this runtime: the process's code runs on it.
    ///
    /// A runtime beside others holds its hops only.
    func ownWorldTime() {
        state.withLock { $0.ownsWorldTime = true }
    }

    // MARK: Changing

    func setInterval(_ interval: Duration) {
        change { $0.interval = UInt64(max(0, interval.nanosecondsClamped)) }
    }

    func setPaused(_ isPaused: Bool) {
        change { $0.isPaused = isPaused }
    }

    /// Lets one hop through; of a world that is not paused, pauses it instead.
    func step() {
        let isPaused = state.withLock { $0.isPaused }
        guard isPaused else { return setPaused(true) }
        let now = WorldClock.realNanoseconds
        let (ticket, port) = state.withLock { state -> (Ticket?, CompletionPort?) in
            let ticket = state.tempo.step(at: now).flatMap { Tempo.take($0, &state) }
            return (ticket, Tempo.setClock(&state))
        }
        ticket?.parker.unpark()
        port?.worldTimeGoesOn()
        bell.ring()
    }

    /// Opens the gate for good: the runtime stops.
    func openForGood() {
        change { $0.isOpenForGood = true }
    }

    /// Follows the machine of that number; 0 follows none.
    func follow(_ machine: UInt64) {
        story.follow(machine)
        change { _ in }
    }

    private func change(_ body: (inout State) -> Void) {
        let isFollowing = story.machine != 0
        let (tickets, port) = state.withLock { state -> ([Ticket], CompletionPort?) in
            body(&state)
            let pace: TempoState.Pace =
                if state.isOpenForGood {
                    .full
                } else if state.isPaused {
                    .paused
                } else {
                    state.interval > 0 ? .slow(state.interval) : .full
                }
            let isFull = pace == .full
            let woken = state.tempo.set(pace)
            // At full speed they have passed; in slow motion the first looks for itself.
            let tickets = woken.compactMap { isFull ? Tempo.take($0, &state) : state.tickets[$0] }
            if isFull { state.last = nil }
            holdsHops.store(!isFull, ordering: .relaxed)
            let looks = isFollowing && !state.isOpenForGood
            state.gate?.closed.store(!isFull || looks, ordering: .relaxed)
            return (tickets, Tempo.setClock(&state))
        }
        for ticket in tickets { ticket.parker.unpark() }
        port?.worldTimeGoesOn()
        bell.ring()
    }

    /// The thread has been let through: its ticket goes.
    private static func take(_ thread: TempoState.Thread, _ state: inout State) -> Ticket? {
        guard let ticket = state.tickets.removeValue(forKey: thread) else { return nil }
        if state.tempo.pace != .full {
            state.last = ticket.facts
            ticket.number = state.tempo.passed
        }
        return ticket
    }

    /// Holds the clock or lets it go, as the state says; returns the port if it has to be told.
    private static func setClock(_ state: inout State) -> CompletionPort? {
        let stands = state.ownsWorldTime && !state.tempo.timeRuns
        guard stands != state.holdsClock else { return nil }
        state.holdsClock = stands
        guard !stands else {
            WorldClock.hold()
            return nil
        }
        WorldClock.release()
        return state.port
    }

    // MARK: Threads at the gate

    /// A thread has come to a hop while the gate is closed; returns when it may go on.
    func hold(_ held: HeldHop) {
        if held.subject != 0, held.subject == story.machine {
            story.note(held, thread: threadName(held.lane))
        }
        // Main threads and strangers are not the world's, but those that watch it.
        guard holdsHops.load(ordering: .relaxed), held.lane.kind != .other else { return }
        let thread = held.lane.index
        let setting = held.hop == .placed ? state.withLock { $0.placement } : nil
        let facts = HopFacts(held, thread: threadName(held.lane), setting: setting)
        let ticket = Ticket(facts)
        let now = WorldClock.realNanoseconds
        let (hasPassed, port) = state.withLock { state -> (Bool, CompletionPort?) in
            let hasPassed = state.tempo.arrive(thread, at: now)
            if !hasPassed {
                state.tickets[thread] = ticket
            } else if state.tempo.pace != .full {
                state.last = facts
                ticket.number = state.tempo.passed
            }
            return (hasPassed, Tempo.setClock(&state))
        }
        port?.worldTimeGoesOn()
        bell.ring()
        if hasPassed {
            if let number = ticket.number { tell(facts, number) }
        } else {
            wait(ticket, thread)
        }
    }

    /// A hop that has passed one by one goes into the log.
    private func tell(_ facts: HopFacts, _ number: Int) {
        log.append(hop: facts.row(registry.sites).sentence, number: number)
    }

    /// Sleeps until the ticket has been taken, by whoever releases it or, when it is due, here.
    private func wait(_ ticket: Ticket, _ thread: TempoState.Thread) {
        while true {
            let now = WorldClock.realNanoseconds
            let look = state.withLock { state -> Look in
                guard state.tickets[thread] === ticket else {
                    return Look(hasPassed: true, number: ticket.number)
                }
                var look = Look(hasPassed: false)
                if state.tempo.passIfDue(thread, at: now) {
                    _ = Tempo.take(thread, &state)
                    look.hasPassed = true
                    look.number = ticket.number
                    look.next = state.tempo.held.first.flatMap { state.tickets[$0] }
                    look.port = Tempo.setClock(&state)
                } else if state.tempo.held.first == thread {
                    look.due = state.tempo.nextDue
                }
                return look
            }
            look.next?.parker.unpark()
            look.port?.worldTimeGoesOn()
            if look.hasPassed {
                if let number = look.number { tell(ticket.facts, number) }
                bell.ring()
                return
            }
            if let due = look.due {
                let rest = Int64(clamping: due > now ? due - now : 1)
                ticket.parker.park(realTimeout: .nanoseconds(rest))
            } else {
                ticket.parker.park()
            }
        }
    }

    /// What a held thread finds when it looks.
    private struct Look {
        var hasPassed: Bool
        /// As the so many-th, in slow motion and step by step.
        var number: Int?
        /// The one behind it, which is the first now.
        var next: Ticket?
        /// When it may pass by itself, if it is the first.
        var due: UInt64?
        var port: CompletionPort?
    }

    /// A thread is about to sleep while the gate is closed.
    func rest(_ lane: ThreadLane) {
        guard holdsHops.load(ordering: .relaxed) else { return }
        state.withLock { state in
            state.tempo.rest(lane.index)
            _ = Tempo.setClock(&state)
        }
    }

    private func threadName(_ lane: ThreadLane) -> String {
        switch lane.kind {
        case .poller: "poller-\(lane.number)"
        case .worker: "worker-\(lane.number)"
        case .scheduler:
            SchedulerName(rawValue: UInt8(truncatingIfNeeded: lane.number))?.threadName ?? ""
        // Its own, since it is the one that calls.
        case .other: CurrentThread.name
        }
    }

    // MARK: Looking

    /// The tempo for a snapshot.
    func look() -> RuntimeSnapshot.Tempo {
        let (look, last, held) = state.withLock { state in
            var tempo = RuntimeSnapshot.Tempo()
            tempo.microsecondsPerHop = Int(state.interval / 1000)
            tempo.isPaused = state.isPaused
            tempo.steps = state.tempo.steps
            tempo.openings = state.tempo.openings
            tempo.isStanding = !state.tempo.timeRuns
            tempo.passed = state.tempo.passed
            tempo.heldCount = state.tempo.held.count
            let held = state.tempo.held.prefix(Tempo.heldRows).compactMap {
                state.tickets[$0]?.facts
            }
            return (tempo, state.last, held)
        }
        var tempo = look
        tempo.last = last?.row(registry.sites)
        tempo.held = held.map { $0.row(registry.sites) }
        let number = story.machine
        if number != 0 {
            tempo.followed = story.look(registry.awaited(byMachine: Int(clamping: number)))
        }
        return tempo
    }

    private static let heldRows = 32
}
