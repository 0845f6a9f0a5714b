// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Port

/// From the word that a cancelled task brings to the operation that it awaits.
///
/// The word is all that a handler has. Its upper ten bits are the `RuntimeNumber`; the others are
/// the operation's token. Tasks that await an operation of a runtime keep it alive, and so its number.
enum CancellationRoutes {
    private static let runtimes = Lock([Weak](repeating: Weak(), count: RuntimeNumber.limit))

    private struct Weak: Sendable {
        weak var runtime: Runtime?
    }

    static func connect(_ number: RuntimeNumber, to runtime: Runtime) {
        runtimes.withLock { $0[number.value].runtime = runtime }
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
