// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Synchronization

/// The task-local values that a program wants to be seen, by the names that it gives them.
///
/// The concurrency runtime knows a task-local value by an address and keeps no names: the program has
/// to say them. They are read on the thread of the task, which alone can; and only of machines that
/// are watched, since each reading makes a text of each value.
final class ShownTaskLocals: Sendable {
    static let limit = 16
    /// Characters of a value's text that are kept.
    static let textLimit = 80

    /// What a task-local value was for a task.
    struct Value: Equatable, Sendable {
        var name: String
        var text: String
        /// Whether the task or one that it came from has bound it; else it is the default.
        var isBound: Bool
    }

    private struct Shown {
        var name: String
        /// Of the task-local value itself.
        var identity: ObjectIdentifier
        var read: @Sendable () -> Value
    }

    private let shown = Lock<[Shown]>([])

    /// Returns whether there was room for it.
    func show<Content: Sendable>(_ local: TaskLocal<Content>, as name: String) -> Bool {
        let new = Shown(name: name, identity: ObjectIdentifier(local)) {
            Value(
                name: name,
                text: String(String(describing: local.get()).prefix(ShownTaskLocals.textLimit)),
                isBound: RunningTask.binds(local)
            )
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
    func forgetAll() { shown.withLock { $0 = [] } }

    var names: [String] { shown.withLock { $0.map(\.name) } }

    /// The values for the task that runs on the calling thread.
    ///
    /// Their descriptions are user code: no lock is held meanwhile.
    func read() -> [Value] { shown.withLock { $0 }.map { $0.read() } }
}

extension Runtime {
    /// Lets the dashboard show a task-local value, under a name, in the context of the machine that
    /// is looked at.
    ///
    ///     enum Request { @TaskLocal static var id = 0 }
    ///     runtime.showTaskLocal(Request.$id, as: "request")
    ///
    /// Only of a machine that somebody has chosen the value is read, each time that the machine
    /// awaits an operation or makes a task: by the task itself, which makes a text of it as
    /// `String(describing:)` does. At most 16 can be shown; returns whether this one is.
    @discardableResult
    public func showTaskLocal<Value: Sendable>(_ local: TaskLocal<Value>, as name: String) -> Bool {
        registry.locals.show(local, as: name)
    }

    /// Other user code comes, with task-local values of its own.
    package func forgetTaskLocals() { registry.locals.forgetAll() }
}
