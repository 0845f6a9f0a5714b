// SPDX-License-Identifier: Apache-2.0

internal import Kernel

/// A runtime's number among those of the process, from its making on; given again when it is gone.
///
/// Of runtimes there is one, except in tests. The number stands for it where there is no room for a
/// reference: in the word that a cancelled task brings, and in the one that a task itself keeps.
final class RuntimeNumber: Sendable {
    /// Numbers are below this.
    static let limit = 512
    private static let taken = Lock([Bool](repeating: false, count: limit))

    let value: Int

    init() {
        value = RuntimeNumber.taken.withLock { taken in
            guard let free = taken.firstIndex(of: false) else {
                preconditionFailure("A process has at most \(taken.count) runtimes at once.")
            }
            taken[free] = true
            return free
        }
    }

    deinit {
        let value = value
        RuntimeNumber.taken.withLock { $0[value] = false }
    }
}
