// SPDX-License-Identifier: Apache-2.0

/// Who may pass the gate of hops, and whether world time runs: a pure value, guarded by `Tempo`'s
/// lock.
///
/// Hops pass in the order in which they came. An opening lets exactly one through: the first that is
/// held, else the next that comes; in slow motion there is one each interval of real time.
///
/// World time runs while a thread that was let through works, that is until it comes to its next hop
/// or goes to sleep; and while nobody is held, if the next hop may pass. Otherwise it stands. So time
/// passes where the world needs it, for code that runs and for what the kernel or a timer still has
/// to bring, and none passes for the audience. What remains is the order of events: while a hop is
/// held nothing becomes due, as in a simulation of discrete events.
struct TempoState: Hashable, Sendable {
    enum Pace: Hashable, Sendable {
        case full
        /// Nanoseconds of real time from one hop to the next.
        case slow(UInt64)
        case paused
    }

    /// A thread, by the number of its lane.
    typealias Thread = Int

    private(set) var pace = Pace.full
    /// Steps that no hop has taken yet.
    private(set) var openings = 0
    /// Threads that are held, longest first.
    private(set) var held: [Thread] = []
    /// Threads that were let through and have neither come to another hop nor gone to sleep.
    private(set) var working: Set<Thread> = []
    /// Real time of the last pass.
    private(set) var lastPass: UInt64 = 0
    /// Hops that were let through one by one.
    private(set) var passed = 0
    /// Those among them since the world was paused.
    private(set) var steps = 0

    var timeRuns: Bool {
        switch pace {
        case .full: true
        case .slow: !working.isEmpty || held.isEmpty
        case .paused: !working.isEmpty || (held.isEmpty && openings > 0)
        }
    }

    /// A thread comes to a hop; returns whether it may go on at once.
    ///
    /// If not, it waits until it is released, or in slow motion until ``nextDue``.
    mutating func arrive(_ thread: Thread, at now: UInt64) -> Bool {
        working.remove(thread)
        switch pace {
        case .full: return true
        case .slow(let interval):
            if held.isEmpty, now >= lastPass &+ interval {
                pass(thread, at: now)
                return true
            }
        case .paused:
            if held.isEmpty, openings > 0 {
                openings -= 1
                pass(thread, at: now)
                return true
            }
        }
        held.append(thread)
        return false
    }

    /// Lets one hop through; returns the thread to wake, if one is held.
    mutating func step(at now: UInt64) -> Thread? {
        guard pace == .paused else { return nil }
        guard let first = held.first else {
            openings += 1
            return nil
        }
        release(first, at: now)
        return first
    }

    /// When the first that is held may go on by itself; `nil` where somebody has to release it.
    var nextDue: UInt64? {
        guard case .slow(let interval) = pace, !held.isEmpty else { return nil }
        return lastPass &+ interval
    }

    /// The thread looks whether its time has come; returns whether it passes.
    mutating func passIfDue(_ thread: Thread, at now: UInt64) -> Bool {
        guard held.first == thread, let due = nextDue, now >= due else { return false }
        release(thread, at: now)
        return true
    }

    /// Changes the pace; returns the threads to wake.
    ///
    /// At full speed they go on; else the first looks again when its time comes.
    mutating func set(_ pace: Pace) -> [Thread] {
        guard pace != self.pace else { return [] }
        self.pace = pace
        openings = 0
        if pace == .paused { steps = 0 }
        if pace == .full {
            defer { held = [] }
            working = []
            return held
        }
        return held.first.map { [$0] } ?? []
    }

    /// A thread is about to sleep.
    mutating func rest(_ thread: Thread) {
        working.remove(thread)
    }

    private mutating func release(_ thread: Thread, at now: UInt64) {
        held.removeAll { $0 == thread }
        pass(thread, at: now)
    }

    private mutating func pass(_ thread: Thread, at now: UInt64) {
        working.insert(thread)
        lastPass = now
        passed += 1
        if pace == .paused { steps += 1 }
    }
}
