// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// How fast the world goes, in a word or two that are always in sight.
struct TempoBadge {
    let tempo: RuntimeSnapshot.Tempo
    let isViewFrozen: Bool
    let glyphs: Glyphs

    var isLive: Bool { !isViewFrozen && !tempo.isPaused && tempo.microsecondsPerHop == 0 }

    var text: String {
        let world: String? =
            if tempo.isPaused {
                tempo.steps > 0 ? "STEP \(tempo.steps)" : "WORLD FROZEN"
            } else if tempo.microsecondsPerHop > 0 {
                "HOP " + Self.interval(tempo.microsecondsPerHop)
            } else {
                nil
            }
        if isViewFrozen { return "\(glyphs.blocked) VIEW FROZEN" + (world.map { " \($0)" } ?? "") }
        guard let world else { return "\(glyphs.running) LIVE" }
        return "\(tempo.isPaused ? glyphs.blocked : glyphs.leader) \(world)"
    }

    /// `250ms`, `1s`.
    static func interval(_ microseconds: Int) -> String {
        microseconds >= 1_000_000 && microseconds % 1_000_000 == 0
            ? "\(microseconds / 1_000_000)s" : "\(microseconds / 1000)ms"
    }
}
