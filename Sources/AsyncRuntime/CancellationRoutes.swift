// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Port

/// A runtime's number among those of the process, from its making on; given again when it is gone.
///
/// Tasks that await an operation of the runtime keep both alive.
final class CancellationNumber: Sendable {
    let value = CancellationRoutes.reserve()

    deinit { CancellationRoutes.release(value) }
}

/// From the word that a cancelled task brings to the operation that it awaits.
///
/// The word is all that a handler has. Its upper ten bits number the runtime among those of the
/// process, of which there is one, except in tests; the others are the operation's token.
enum CancellationRoutes {
    private static let limit = 1024
    private static let runtimes = Lock<[Weak]>([])

    private struct Weak: Sendable {
        weak var runtime: Runtime?
        var isTaken = true
    }

    /// A number that is not taken; ``CancellationNumber`` gives it back.
    static func reserve() -> Int {
        runtimes.withLock { runtimes in
            if let free = runtimes.firstIndex(where: { !$0.isTaken }) {
                runtimes[free] = Weak()
                return free
            }
            precondition(runtimes.count < limit, "A process has at most \(limit) runtimes at once.")
            runtimes.append(Weak())
            return runtimes.count - 1
        }
    }

    static func connect(_ number: Int, to runtime: Runtime) {
        runtimes.withLock { $0[number].runtime = runtime }
    }

    static func release(_ number: Int) {
        runtimes.withLock { $0[number].isTaken = false }
    }

    /// Calls the operation's runtime when the running task is cancelled, until `RunningTask.unwatch`.
    @inline(__always)
    static func watch(_ token: OperationToken, of number: Int) -> UInt {
        RunningTask.watchCancellation(UInt64(number) << 54 | token.word) { word in
            let number = Int(word >> 54)
            let runtime = CancellationRoutes.runtimes.withLock { $0[number].runtime }
            runtime?.cancel(OperationToken(word: word))
        }
    }
}
