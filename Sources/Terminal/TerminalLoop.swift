// SPDX-License-Identifier: Apache-2.0

internal import CNCurses
package import Dashboard
internal import Glibc

/// The dashboard's main loop: keys, signals and snapshots in, frames and commands out.
///
/// It runs on the main thread and waits for four things at once: the keyboard, signals, the
/// caller's wake descriptor, and a terminal that was too slow for the last frame. A key is
/// answered with a frame at once, and so is the hop that it has let through, once a snapshot tells
/// of it; other snapshots cause at most ten frames a second.
package struct TerminalLoop {
    /// Why the loop has ended; the terminal has been given back.
    package enum Outcome: Equatable, Sendable {
        case quit
        /// Number of the signal that ended it: INT, TERM, HUP or QUIT.
        case signal(Int32)
    }

    /// What the loop was woken for.
    private struct Ready {
        var hasInput = false
        var isWoken = false
        var isLost = false
    }

    private static let frameInterval = Duration.milliseconds(100)
    /// Calm: no cell changes more than twice a second, whatever draws it.
    private static let calmInterval = Duration.milliseconds(500)

    private let session: TerminalSession
    private let signals: SignalInbox
    private let duringStop: (() -> Void) -> Void
    private let keep: (Preferences, Preferences) -> String?
    private var model: Model
    private var lastFrame: ContinuousClock.Instant?
    /// A frame is due, at once or when the interval is over.
    private var isDue = true
    private var isUrgent = true
    /// A frame was left out because the terminal was behind, and no later one has been shown.
    private var isOwed = false
    private var meter = CostMeter()
    private var outcome: Outcome?

    private init(
        session: TerminalSession,
        model: Model,
        duringStop: @escaping (() -> Void) -> Void,
        keep: @escaping (Preferences, Preferences) -> String?
    ) throws(TerminalError) {
        self.session = session
        self.model = model
        self.keep = keep
        self.duringStop = duringStop
        signals = try SignalInbox()
    }

    /// Shows the model until the user quits or a signal ends it, then leaves the screen.
    ///
    /// `wake` becomes readable, as an eventfd does, whenever `nextSnapshot` has something new,
    /// or the caller wants it called for another reason. `remark` may have something to say to the
    /// user on a snapshot. `observerTime` is processor time that is
    /// used for the dashboard, but on another thread. `duringStop` is called with what stops the
    /// process until it is continued, after Ctrl-Z. `keep` is called when the user has changed the
    /// looks, with the old ones and the new ones, and may return a sentence for the user.
    package static func run(
        session: TerminalSession,
        model: Model,
        wake: Int32,
        nextSnapshot: () -> Message.Snapshot?,
        remark: (Message.Snapshot) -> String? = { _ in nil },
        observerTime: () -> Duration = { .zero },
        duringStop: @escaping (() -> Void) -> Void = { stop in stop() },
        keep: @escaping (Preferences, Preferences) -> String? = { _, _ in nil },
        send: (Effect.Command) -> Void
    ) throws(TerminalError) -> Outcome {
        var loop = try TerminalLoop(
            session: session,
            model: model,
            duringStop: duringStop,
            keep: keep
        )
        defer { session.leave() }
        session.enter()
        loop.resize()
        while true {
            try loop.paintIfDue()
            let ready = try loop.wait(wake)
            loop.takeSignals()
            if ready.isLost, loop.outcome == nil {
                throw .vanished
            }
            // Esc is a key only if nothing has followed it, however late this thread looks.
            for event in ready.hasInput ? session.readInput() : session.settleInput() {
                loop.handle(event.message, send)
            }
            if ready.isWoken {
                Self.drain(wake)
                if let snapshot = nextSnapshot() {
                    loop.handle(.snapshot(snapshot), send)
                    if let sentence = remark(snapshot) { loop.handle(.remark(sentence), send) }
                }
            }
            loop.account(observerTime, send)
            if let outcome = loop.outcome {
                return outcome
            }
        }
    }

    private mutating func handle(_ message: Message, _ send: (Effect.Command) -> Void) {
        isDue = true
        switch message {
        case .key, .mouse: isUrgent = true
        default: break
        }
        let stepped = model.hopsStepped
        let effects = update(&model, message)
        if model.hopsStepped != stepped { isUrgent = true }
        for effect in effects {
            switch effect {
            case .command(let command): send(command)
            case .keep(let old, let new):
                if let sentence = keep(old, new) { handle(.remark(sentence), send) }
            case .repaint: session.forget()
            case .suspend: suspend()
            case .quit: outcome = outcome ?? .quit
            }
        }
    }

    /// Tells the model what the dashboard costs, and what others say on standard error.
    private mutating func account(
        _ observerTime: () -> Duration,
        _ send: (Effect.Command) -> Void
    ) {
        let lines = session.takeErrorLines()
        if !lines.isEmpty {
            handle(.standardError(lines), send)
        }
        let statistics = session.statistics
        let cost = meter.cost(
            at: .now,
            CostMeter.Usage(
                processorTime: Self.processorTime + observerTime(),
                bytes: statistics.bytes,
                droppedFrames: statistics.dropped
            )
        )
        if let cost {
            handle(.cost(cost), send)
        }
    }

    /// What the calling thread has used.
    private static var processorTime: Duration {
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    private mutating func takeSignals() {
        while let number = signals.next() {
            switch number {
            case SIGWINCH: resize()
            case SIGTSTP: suspend()
            case SIGCONT:
                session.forget()
                resize()
            default: outcome = outcome ?? .signal(number)
            }
        }
    }

    private mutating func resize() {
        _ = update(&model, .resize(session.size))
        isDue = true
        isUrgent = true
    }

    private mutating func suspend() {
        session.leave()
        duringStop(cn_stop_process)
        session.enter()
        meter = CostMeter()
        resize()
    }

    private mutating func paintIfDue() throws(TerminalError) {
        guard isDue, untilFrame <= .zero else { return }
        lastFrame = .now
        isUrgent = false
        isDue = false
        isOwed = session.writer.isBehind
        if isOwed {
            session.drop()
        } else {
            try session.paint(view(model))
        }
    }

    private var untilFrame: Duration {
        guard !isUrgent, let lastFrame else { return .zero }
        return Self.interval(of: model) - lastFrame.duration(to: .now)
    }

    /// The least time between two frames that no key has asked for.
    static func interval(of model: Model) -> Duration {
        model.preferences.isCalm ? calmInterval : frameInterval
    }

    /// Sleeps until something is ready or a frame is due.
    private mutating func wait(_ wake: Int32) throws(TerminalError) -> Ready {
        let readable = Int16(POLLIN)
        var ready = [
            pollfd(fd: session.input, events: readable, revents: 0),
            pollfd(fd: signals.descriptor, events: readable, revents: 0),
            pollfd(fd: wake, events: readable, revents: 0),
        ]
        if session.writer.isBehind {
            let writable = Int16(POLLOUT)
            ready.append(pollfd(fd: session.writer.descriptor, events: writable, revents: 0))
        }
        _ = unsafe poll(&ready, nfds_t(ready.count), pauseMilliseconds)
        if ready.count > 3, ready[3].revents != 0 {
            try session.writer.flush()
            // A terminal that was behind gets the newest frame as soon as it is not.
            isDue = isDue || (isOwed && !session.writer.isBehind)
        }
        let lost = Int16(POLLHUP | POLLERR | POLLNVAL)
        return Ready(
            hasInput: ready[0].revents & readable != 0,
            isWoken: ready[2].revents & readable != 0,
            isLost: ready[0].revents & lost != 0
        )
    }

    /// Up to the next frame or the end of an undecided Esc; -1 for as long as it takes.
    private var pauseMilliseconds: Int32 {
        var pause = isDue ? untilFrame : nil
        if let undecided = session.inputUndecidedUntil {
            let rest = ContinuousClock.Instant.now.duration(to: undecided)
            pause = min(pause ?? rest, rest)
        }
        guard let pause else { return -1 }
        return Int32(max(0, (pause / .milliseconds(1)).rounded(.up)))
    }

    private static func drain(_ wake: Int32) {
        var count: UInt64 = 0
        unsafe read(wake, &count, MemoryLayout<UInt64>.size)
    }
}
