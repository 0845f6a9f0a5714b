// SPDX-License-Identifier: Apache-2.0

/// How the screen looks, by keys that work everywhere.
extension Model {
    /// Does what a key means for the looks; false where it means nothing to them.
    mutating func pressForLooks(_ key: Key) -> Bool {
        switch key {
        case .character("a"): changeTheme()
        case .character("b"):
            looks.isBig.toggle()
            say(looks.isBig ? "big: what matters, for the last row" : "big: off, all panes")
        case .character("C"):
            looks.showsCaptions.toggle()
            say(looks.showsCaptions ? "captions: on" : "captions: off, warnings still appear here")
        case .character("K"):
            looks.isCalm.toggle()
            say(
                looks.isCalm
                    ? "calm: on, at most two changes a second" : "calm: off, up to ten a second"
            )
        default: return false
        }
        return true
    }

    private mutating func changeTheme() {
        looks.theme = looks.theme.next
        let purpose = looks.theme.purpose
        let suffix = hasColors ? "" : ", but this terminal shows no colours"
        say("theme: \(looks.theme.rawValue), \(purpose)\(suffix)")
    }

    /// What is kept from one run to the next, as it is now.
    package var preferences: Preferences {
        var preferences = looks
        preferences.sorts = lists.compactMapValues(\.sort)
        return preferences
    }
}
