// SPDX-License-Identifier: Apache-2.0

internal import Kernel

/// A runtime's number among those of the process, from its making on; given again when it is gone.
///
/// Of runtimes there is one, except in tests. The number stands for it where there is no room for a
/// reference: in the word that a cancelled task brings, and in the one that a task itself keeps.
final class RuntimeNumber: Sendable {
    /// Numbers are below this.
    static let limit = 512
    private static let taken = Lock(Taken())

    private struct Taken {
        var numbers = [Bool](repeating: false, count: limit)
        /// Given out in turn: a number rests before it is another runtime's.
        var next = 0
    }

    let value: Int

    init() {
        value = RuntimeNumber.taken.withLock { taken in
            let next = taken.next
            let order = (0..<RuntimeNumber.limit).map { (next + $0) % RuntimeNumber.limit }
            guard let free = order.first(where: { !taken.numbers[$0] }) else {
                preconditionFailure("A process has too many runtimes at once.")
            }
            taken.numbers[free] = true
            taken.next = (free + 1) % RuntimeNumber.limit
            return free
        }
    }

    deinit {
        let value = value
        RuntimeNumber.taken.withLock { $0.numbers[value] = false }
    }
}
