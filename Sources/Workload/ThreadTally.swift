// SPDX-License-Identifier: Apache-2.0

internal import AsyncRuntime
internal import Synchronization

/// On which kind of thread the clients' callbacks ran, since the placement last changed.
///
/// All accesses are relaxed: counts that a person reads while others are being added.
final class ThreadTally: Sendable {
    private static let kinds = Placement.allCases.map(\.rawValue)

    private let counts: InlineArray<5, Atomic<Int>>
    private let placement = Atomic(-1)

    init() {
        counts = InlineArray { _ in Atomic(0) }
    }

    /// Counts the calling thread.
    func note(_ runtime: Runtime) {
        let setting = Self.kinds.firstIndex(of: runtime.placement.rawValue) ?? 0
        if placement.exchange(setting, ordering: .relaxed) != setting {
            for index in counts.indices { counts[index].store(0, ordering: .relaxed) }
        }
        guard let index = Self.kinds.firstIndex(of: runtime.currentPlace) else { return }
        counts[index].add(1, ordering: .relaxed)
    }

    /// The kinds that were seen, most frequent first.
    var all: [(kind: String, count: Int)] {
        Self.kinds.indices.map { (Self.kinds[$0], counts[$0].load(ordering: .relaxed)) }
            .filter { $0.1 > 0 }
            .sorted { $0.1 > $1.1 }
    }
}
