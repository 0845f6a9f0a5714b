// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

extension Model {
    /// Asks for the next value of a setting, counted from what was asked for last.
    mutating func change(_ setting: Setting, up: Bool) -> [Effect] {
        guard let snapshot else { return [] }
        guard let old = value(of: setting) else {
            say("The scenario \(snapshot.scenario) has no \(setting.name) to change.")
            return []
        }
        let range = setting.range(in: snapshot)
        let start = min(max(old, range.lowerBound), range.upperBound)
        let wanted = setting.neighbour(of: start, up: up)
        let new = min(max(wanted, range.lowerBound), range.upperBound)
        guard new != old else {
            let word = up ? "most" : "least"
            let text = setting.text(old, in: snapshot, glyphs: glyphs)
            say("\(setting.subject) \(text) is the \(word) there can be.")
            return []
        }
        remember(setting, from: old)
        return ask(setting, from: old, to: new)
    }

    /// Goes on to the next placement that the runtime has.
    mutating func cyclePlacement() -> [Effect] {
        guard let snapshot, let old = value(of: .placement) else { return [] }
        let count = snapshot.detail?.limits.placements.count ?? 0
        guard count > 1 else {
            say("placement \(snapshot.placement) is the only one there is.")
            return []
        }
        remember(.placement, from: old)
        return ask(.placement, from: old, to: (old + 1) % count)
    }

    /// Goes on to the scenario's next variant.
    mutating func cycleVariant() -> [Effect] {
        guard let snapshot else { return [] }
        guard snapshot.twin == nil else {
            overlay = overlay == .twin ? nil : .twin
            return []
        }
        let count = snapshot.detail?.scenario.variants.count ?? 0
        guard count > 1, let old = value(of: .variant) else {
            say("The scenario \(snapshot.scenario) has no variants.")
            return []
        }
        remember(.variant, from: old)
        return ask(.variant, from: old, to: (old + 1) % count)
    }

    mutating func ask(_ setting: Setting, from old: Int, to new: Int) -> [Effect] {
        let command = setting.command(new, in: self)
        targets[setting] = Target(value: new, expiresAt: now + Self.patienceSeconds)
        let before = setting.text(old, in: snapshot, glyphs: glyphs)
        let after = setting.text(new, in: snapshot, glyphs: glyphs)
        say("\(setting.subject) \(before) \(glyphs.becomes) \(after)")
        return [.command(command)]
    }
}
