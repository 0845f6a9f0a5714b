// SPDX-License-Identifier: Apache-2.0

/// A change of a setting that the user has made and can take back.
struct Tweak: Equatable, Sendable {
    let setting: Setting
    let old: Int
    /// Values before the change of settings that it may have moved along.
    let companions: [Companion]

    struct Companion: Equatable, Sendable {
        let setting: Setting
        let old: Int
    }
}

extension Setting {
    /// Settings that the runtime moves where this one would otherwise contradict them.
    fileprivate var companions: [Setting] {
        switch self {
        case .pollerMaximum: [.pollerMinimum]
        case .workerMaximum: [.workerMinimum]
        case .delay: [.spread]
        default: []
        }
    }
}

extension Model {
    /// As many changes as can be taken back.
    private static let tweakCapacity = 100

    /// Remembers a change before it is asked for.
    mutating func remember(_ setting: Setting, from old: Int) {
        let companions = setting.companions.compactMap { setting in
            value(of: setting).map { Tweak.Companion(setting: setting, old: $0) }
        }
        tweaks.append(Tweak(setting: setting, old: old, companions: companions))
        tweaks.removeFirst(max(0, tweaks.count - Self.tweakCapacity))
    }

    /// Takes the last change back; the one before it is then the last.
    mutating func undo() -> [Effect] {
        guard let tweak = tweaks.popLast() else {
            say("There is no change of a setting to take back.")
            return []
        }
        let present = value(of: tweak.setting)
        var effects = ask(tweak.setting, from: present ?? tweak.old, to: tweak.old)
        let sentence = notice?.text ?? ""
        for companion in tweak.companions {
            guard let present = value(of: companion.setting), present != companion.old else {
                continue
            }
            effects += ask(companion.setting, from: present, to: companion.old)
        }
        say("taken back: \(sentence)")
        return effects
    }
}
