// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Where continuations run, as it is set: the executor asks at every hand-over, others show it.
///
/// An object of its own, so that who shows it needs no reference to the executor.
final class PlacementSetting: Sendable {
    private let index: Atomic<Int>

    init(_ placement: Placement) {
        index = Atomic(PlacementSetting.index(of: placement))
    }

    /// Changes apply to the next continuation.
    var value: Placement {
        get { Placement.allCases[index.load(ordering: .relaxed)] }
        set { index.store(PlacementSetting.index(of: newValue), ordering: .relaxed) }
    }

    private static func index(of placement: Placement) -> Int {
        Placement.allCases.firstIndex(of: placement) ?? 0
    }
}
