// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Errors that were thrown where nobody hears them, as the program itself has counted them.
final class Losses: Sendable {
    private let number = Atomic(0)

    func add() { number.add(1, ordering: .relaxed) }

    var count: Int { number.load(ordering: .relaxed) }
}
