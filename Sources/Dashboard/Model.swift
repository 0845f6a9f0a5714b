// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// All that the dashboard knows: the newest snapshot, a little history, and where the user is.
///
/// The dashboard is three pure things. This value holds the state; ``update(_:_:)`` is the only
/// code that changes it, and answers with the effects it wants; ``view(_:)`` draws it. None of
/// them has a clock: time is what the snapshots say, so that a recorded run draws as a live one.
package struct Model: Equatable, Sendable {
    /// A value asked for that the snapshots do not show yet.
    struct Target: Equatable, Sendable {
        var value: Int
        /// When to believe the snapshot again, if it never shows the value.
        var expiresAt: Double
    }

    /// A sentence about what the last key did.
    struct Notice: Equatable, Sendable {
        var text: String
        var expiresAt: Double
    }

    /// How long a notice stays, and a value asked for is waited for.
    static let patienceSeconds = 3.0

    var size: Size
    let glyphs: Glyphs
    var focus = Pane.port
    var isHelpOpen = false
    var notice: Notice?
    /// Values asked for, so that quick presses of `+` add up before the runtime has followed.
    var targets: [Setting: Target] = [:]
    /// Chosen rows, by their place in the pane.
    var selections: [Pane: Int] = [:]
    var trends = Trends()
    private(set) var snapshot: RuntimeSnapshot?

    package init(size: Size, glyphs: Glyphs) {
        self.size = size
        self.glyphs = glyphs
    }

    /// Time since the start, as of the newest snapshot.
    var now: Double { snapshot?.elapsedSeconds ?? 0 }

    /// Where everything goes.
    var layout: Layout {
        Layout(
            size: size,
            focus: focus,
            pollerCount: snapshot?.detail?.pollers.count ?? 0,
            workerCount: snapshot?.detail?.workers.count ?? 0
        )
    }

    /// Rows that a pane can scroll through.
    func rowCount(of pane: Pane) -> Int {
        guard let detail = snapshot?.detail else { return 0 }
        return switch pane {
        case .port: detail.packets.count
        case .pollers: detail.pollers.count
        case .workers: detail.workers.count
        case .machines: detail.machines.count
        }
    }

    /// The chosen row of a pane, `nil` if it has none.
    func selection(in pane: Pane) -> Int? {
        let count = rowCount(of: pane)
        return count > 0 ? min(max(0, selections[pane] ?? 0), count - 1) : nil
    }

    /// The value of a setting that the user sees: the one asked for, else the present one.
    func value(of setting: Setting) -> Int? {
        targets[setting]?.value ?? snapshot.flatMap { setting.value(in: $0) }
    }

    /// Takes over a new snapshot and lets go of what it has settled.
    mutating func accept(_ snapshot: RuntimeSnapshot) {
        trends.record(snapshot, after: self.snapshot)
        self.snapshot = snapshot
        let now = snapshot.elapsedSeconds
        targets = targets.filter { setting, target in
            setting.value(in: snapshot) != target.value && now < target.expiresAt
        }
        if let notice, now >= notice.expiresAt {
            self.notice = nil
        }
    }
}
