// SPDX-License-Identifier: Apache-2.0

import Synchronization

@testable import Pool

/// How often each of many numbered items was taken.
final class Takes: Sendable {
    private final class Cell: Sendable {
        let count = Atomic<Int>(0)
    }

    private let cells: [Cell]
    private let noted = Atomic<Int>(0)

    init(_ count: Int) {
        cells = (0..<count).map { _ in Cell() }
    }

    var count: Int { cells.count }

    /// Takes so far, of all items.
    var total: Int { noted.load(ordering: .acquiring) }

    func note(_ number: Int) {
        cells[number].count.wrappingAdd(1, ordering: .relaxed)
        noted.wrappingAdd(1, ordering: .releasing)
    }

    func note(_ item: WorkItem) {
        guard let bits = item.jobBits else { return }
        note(Int(bits))
    }

    /// Items that were not taken exactly once.
    var wrong: Int { cells.count { $0.count.load(ordering: .relaxed) != 1 } }
}
