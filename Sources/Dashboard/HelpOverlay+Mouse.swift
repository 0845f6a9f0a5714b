// SPDX-License-Identifier: Apache-2.0

/// A click on a key of the help presses it: so all that keys do the mouse can do, too.
extension HelpOverlay {
    /// The key that is named at a place of the screen; beside the names, the first of the line.
    func key(column: Int, row: Int) -> Key? {
        let box = placed
        let lines = lines
        guard let index = box.line(row: row), lines.indices.contains(index),
            let names = lines[index].first, names.style == .key
        else { return nil }
        var start = box.text.column
        var first: Key?
        for name in names.text.split(separator: " ", omittingEmptySubsequences: false) {
            let key = Self.key(named: name)
            first = first ?? key
            if key != nil, (start..<start + name.count).contains(column) { return key }
            start += name.count + 1
        }
        return first
    }

    private static func key(named name: Substring) -> Key? {
        switch name {
        case "Tab": .tab
        case "Space": .character(" ")
        case "Up": .up
        case "Down": .down
        case "PgUp": .pageUp
        case "PgDn": .pageDown
        case "Home": .home
        case "End": .end
        case "Enter": .enter
        case "Ctrl-L": .control("l")
        case "Ctrl-Z": .control("z")
        default: name.count == 1 ? name.first.map(Key.character) : nil
        }
    }
}
