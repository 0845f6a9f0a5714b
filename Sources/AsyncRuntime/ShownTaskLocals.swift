// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Synchronization

/// The task-local values that a program wants to be seen, by the names that it gives them.
///
/// The concurrency runtime knows a task-local value by an address and keeps no names: the program has
/// to say them. They are read on the thread of the task, which alone can; and only of machines that
/// are watched, since each reading copies each value. No code of the user's runs meanwhile: the texts
/// are made elsewhere, by `LocalTexts`.
final class ShownTaskLocals: Sendable {
    static let limit = 16

    /// What a task-local value was for a task.
    struct Value: Sendable {
        var name: String
        /// Whether the task or one that it came from has bound it; else it is the default.
        var isBound: Bool
        /// Makes a text of it: the user's code.
        var describe: @Sendable () -> String
    }

    /// What the values of a machine were at a moment.
    struct Reading: Sendable {
        var values: [Value]
        var at: UInt64
    }

    private struct Shown {
        var name: String
        /// Of the task-local value itself.
        var identity: ObjectIdentifier
        var read: @Sendable () -> Value
    }

    private let shown = Lock<[Shown]>([])
    /// By the numbers of the machines, what was read since it was taken last.
    private let new = Lock<[UInt32: Reading]>([:])

    /// Returns whether there was room for it.
    func show<Content: Sendable>(_ local: TaskLocal<Content>, as name: String) -> Bool {
        let new = Shown(name: name, identity: ObjectIdentifier(local)) {
            let content = local.get()
            return Value(name: name, isBound: RunningTask.binds(local)) {
                String(describing: content)
            }
        }
        return shown.withLock { shown in
            if let index = shown.firstIndex(where: { $0.identity == new.identity }) {
                shown[index] = new
                return true
            }
            guard shown.count < ShownTaskLocals.limit else { return false }
            shown.append(new)
            return true
        }
    }

    /// No longer shows any.
    func forgetAll() {
        shown.withLock { $0 = [] }
        // Let go when the lock is open again.
        _ = new.withLock { new in
            defer { new = [:] }
            return new
        }
    }

    var names: [String] { shown.withLock { $0.map(\.name) } }

    /// Reads the values of the task that runs on the calling thread, which is that machine's.
    ///
    /// What it read before, if nobody has taken it, is let go when the lock is open again: that may
    /// end the life of an object of the user's.
    func read(of machine: UInt32) {
        let values = shown.withLock { $0 }.map { $0.read() }
        let reading = Reading(values: values, at: Instant.now.nanoseconds)
        _ = new.withLock { $0.updateValue(reading, forKey: machine) }
    }

    /// Whether values were read that nobody has taken.
    var haveNew: Bool { new.withLock { !$0.isEmpty } }

    /// The machines of which values were read that nobody has taken.
    var newMachines: [UInt32] { new.withLock { Array($0.keys) } }

    /// What was read of a machine, and not taken yet; whoever takes it is the only one who has it.
    func takeNew(of machine: UInt32) -> Reading? {
        new.withLock { $0.removeValue(forKey: machine) }
    }
}

extension Runtime {
    /// Lets the dashboard show a task-local value, under a name, in the context of the machine that
    /// is looked at.
    ///
    ///     enum Request { @TaskLocal static var id = 0 }
    ///     runtime.showTaskLocal(Request.$id, as: "request")
    ///
    /// Only of a machine that somebody has chosen the value is read, each time that the machine
    /// awaits an operation or makes a task: its thread copies the value. A text is made of the copy as
    /// `String(describing:)` does, a few times a second at most, cut at 80 characters, and on a thread
    /// that does nothing else. So a `description` may take its time, and the locks of the task whose
    /// value it is; but it runs in no task, and so sees no task-local values, and of an object it sees
    /// what that has become meanwhile. The copy is let go as soon as it is text.
    ///
    /// At most 16 can be shown; returns whether this one is.
    @discardableResult
    public func showTaskLocal<Value: Sendable>(_ local: TaskLocal<Value>, as name: String) -> Bool {
        registry.locals.show(local, as: name)
    }

    /// Other user code comes, with task-local values of its own.
    package func forgetTaskLocals() { registry.locals.forgetAll() }
}
