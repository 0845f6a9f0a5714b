// SPDX-License-Identifier: Apache-2.0

internal import CNCurses
package import Dashboard
internal import Glibc

/// The dashboard's main loop: keys, signals and snapshots in, frames and commands out.
///
/// It runs on the main thread and waits for four things at once: the keyboard, signals, the
/// caller's wake descriptor, and a terminal that was too slow for the last frame. A key is
/// answered with a frame at once; snapshots alone cause at most ten frames a second.
package struct TerminalLoop {
    /// Why the loop has ended; the terminal has been given back.
    package enum Outcome: Equatable, Sendable {
        case quit
        /// Number of the signal that ended it: INT, TERM, HUP or QUIT.
        case signal(Int32)
    }

    /// What the loop was woken for.
    private struct Ready {
        var hasKeys = false
        var isWoken = false
        var isLost = false
    }

    private static let frameInterval = Duration.milliseconds(100)

    private let session: TerminalSession
    private let signals: SignalInbox
    private var model: Model
    private var lastFrame: ContinuousClock.Instant?
    /// A frame is due, at once or when the interval is over.
    private var isDue = true
    private var isUrgent = true
    private var outcome: Outcome?

    private init(session: TerminalSession, model: Model) throws(TerminalError) {
        self.session = session
        self.model = model
        signals = try SignalInbox()
    }

    /// Shows the model until the user quits or a signal ends it, then leaves the screen.
    ///
    /// `wake` becomes readable, as an eventfd does, whenever `nextSnapshot` has something new,
    /// or the caller wants it called for another reason.
    package static func run(
        session: TerminalSession,
        model: Model,
        wake: Int32,
        nextSnapshot: () -> Message.Snapshot?,
        send: (Effect.Command) -> Void
    ) throws(TerminalError) -> Outcome {
        var loop = try TerminalLoop(session: session, model: model)
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
            for key in ready.hasKeys ? session.readKeys() : [] {
                loop.handle(.key(key), send)
            }
            if ready.isWoken {
                Self.drain(wake)
                if let snapshot = nextSnapshot() {
                    loop.handle(.snapshot(snapshot), send)
                }
            }
            if let outcome = loop.outcome {
                return outcome
            }
        }
    }

    private mutating func handle(_ message: Message, _ send: (Effect.Command) -> Void) {
        isDue = true
        if case .key = message {
            isUrgent = true
        }
        for effect in update(&model, message) {
            switch effect {
            case .command(let command): send(command)
            case .repaint: session.forget()
            case .suspend: suspend()
            case .quit: outcome = outcome ?? .quit
            }
        }
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
        cn_stop_process()
        session.enter()
        resize()
    }

    private mutating func paintIfDue() throws(TerminalError) {
        guard isDue, untilFrame <= .zero else { return }
        lastFrame = .now
        isUrgent = false
        // A terminal that is behind gets the newest frame as soon as it is not.
        isDue = session.writer.isBehind
        try session.paint(view(model))
    }

    private var untilFrame: Duration {
        guard !isUrgent, let lastFrame else { return .zero }
        return Self.frameInterval - lastFrame.duration(to: .now)
    }

    /// Sleeps until something is ready or a frame is due.
    private func wait(_ wake: Int32) throws(TerminalError) -> Ready {
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
        let hasKeys = session.hasEarlyKeys
        let pause = isDue ? Int32(max(0, untilFrame / .milliseconds(1)).rounded(.up)) : -1
        _ = unsafe poll(&ready, nfds_t(ready.count), hasKeys ? 0 : pause)
        if ready.count > 3, ready[3].revents != 0 {
            try session.writer.flush()
        }
        let lost = Int16(POLLHUP | POLLERR | POLLNVAL)
        return Ready(
            hasKeys: hasKeys || ready[0].revents & readable != 0,
            isWoken: ready[2].revents & readable != 0,
            isLost: ready[0].revents & lost != 0
        )
    }

    private static func drain(_ wake: Int32) {
        var count: UInt64 = 0
        unsafe read(wake, &count, MemoryLayout<UInt64>.size)
    }
}
