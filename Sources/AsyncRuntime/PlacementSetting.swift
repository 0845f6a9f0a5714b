// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Where continuations run, as it is set: the executor asks at every hand-over, others show it.
///
/// An object of its own, so that who shows it needs no reference to the executor.
final class PlacementSetting: Sendable {
    private let index: Atomic<Int>
    /// Bits of those that user code has posted to by name.
    ///
    /// Relaxed: nothing is published with it, and who posts comes before what it captures.
    private let visited = Atomic<UInt8>(0)

    init(_ placement: Placement) {
        index = Atomic(PlacementSetting.index(of: placement))
    }

    /// Changes apply to the next continuation.
    var value: Placement {
        get { Placement.allCases[index.load(ordering: .relaxed)] }
        set { index.store(PlacementSetting.index(of: newValue), ordering: .relaxed) }
    }

    /// User code posts to it by name: what is captured there holds from now on.
    func visit(_ name: SchedulerName) {
        visited.bitwiseOr(1 << name.rawValue, ordering: .relaxed)
    }

    /// Other user code comes: nobody has posted to anything by name.
    func forgetVisits() { visited.store(0, ordering: .relaxed) }

    /// What a capture is worth as things are set now.
    ///
    /// Code that was put on a scheduler by the setting, and not by name, leaves it with the setting:
    /// else no change of the setting would ever reach the machines that run there. .NET has no such
    /// setting. Where user code has posted by name as well, the two cannot be told apart, and all
    /// captures hold, as in .NET.
    func held(_ captured: SchedulerName?, _ setting: Placement) -> SchedulerName? {
        guard let captured, setting.scheduler != captured else { return captured }
        return visited.load(ordering: .relaxed) & 1 << captured.rawValue != 0 ? captured : nil
    }

    private static func index(of placement: Placement) -> Int {
        Placement.allCases.firstIndex(of: placement) ?? 0
    }
}
