// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Synchronization
internal import SystemPackage

/// Makes texts of task-local values, on a thread of its own.
///
/// A description is user code: it may take a lock that the task holds whose value it is, wait for what
/// that task is about to do, make tasks, or never return. So the task only leaves a copy of the value
/// in `ShownTaskLocals`, and the sampler, which every screen waits for, never touches one. Whatever a
/// description does holds this thread and nobody else; that it does is in every snapshot.
final class LocalTexts: Sendable {
    /// Characters of a text that are kept.
    static let limit = 80

    /// What the values of a machine were.
    struct Texts: Equatable, Sendable {
        struct Value: Equatable, Sendable {
            var name: String
            var text: String
            var isBound: Bool
        }

        var values: [Value]
        /// When the machine's own thread read them.
        var readAt: UInt64
    }

    private struct State {
        var texts: [UInt32: Texts] = [:]
        var hasThread = false
        /// Since when a description is being made.
        var busySince: UInt64?
    }

    private let locals: ShownTaskLocals
    private let state = Lock(State())
    private let roster = ThreadRoster()
    private let parker = Parker()
    private let isStopped = Atomic(false)

    init(of locals: ShownTaskLocals) { self.locals = locals }

    /// The texts that there are of these machines, and since when the newest description has not
    /// returned; those of others are forgotten.
    ///
    /// What was read since then becomes text in the background, for the next one who asks.
    func look(at machines: [UInt32]) -> (texts: [UInt32: Texts], busySince: UInt64?) {
        if locals.haveNew { wake() }
        return state.withLock { state in
            state.texts = state.texts.filter { machines.contains($0.key) }
            return (state.texts, state.busySince)
        }
    }

    private func wake() {
        let isFirst = state.withLock { state in
            defer { state.hasThread = true }
            return !state.hasThread
        }
        parker.unpark()
        guard isFirst, !isStopped.load(ordering: .relaxed) else { return }
        do throws(Errno) {
            try roster.start(name: "task-locals") { self.main() }
        } catch {
            // Without a thread the values stay unread; whoever looks next asks for one again.
            state.withLock { $0.hasThread = false }
        }
    }

    private func main() {
        while !isStopped.load(ordering: .relaxed) {
            // What is read meanwhile waits for the next look: a task may await without end.
            for machine in locals.newMachines {
                guard let reading = locals.takeNew(of: machine) else { continue }
                state.withLock { $0.busySince = Instant.now.nanoseconds }
                let values = reading.values.map { value in
                    let text = String(value.describe().prefix(LocalTexts.limit))
                    return Texts.Value(name: value.name, text: text, isBound: value.isBound)
                }
                state.withLock { state in
                    state.texts[machine] = Texts(values: values, readAt: reading.at)
                    state.busySince = nil
                }
            }
            parker.park()
        }
    }

    /// Ends the thread, once its description returns; its name if that is later than the deadline.
    func stop(until deadline: Instant) -> [String] {
        isStopped.store(true, ordering: .relaxed)
        parker.unpark()
        return roster.join(until: deadline)
    }
}
