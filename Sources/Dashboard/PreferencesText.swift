// SPDX-License-Identifier: Apache-2.0

/// Preferences as lines of `key = value`, for a file that a person can read and write.
package enum PreferencesText {
    /// What is wrong with a line.
    package struct Fault: Equatable, Sendable {
        /// Counted from 1.
        package var line: Int
        /// What it is, and what takes its place.
        package var sentence: String
    }

    private static let head = """
        # How pooltop looks. It writes this file whenever a key changes one of these; comments of
        # yours are not kept.

        """
    private static let longestColumn = 40

    /// Reads a file; a line that says nothing sensible is named and leaves the default.
    package static func read(_ text: String) -> (preferences: Preferences, faults: [Fault]) {
        var preferences = Preferences()
        var faults: [Fault] = []
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            let line = trim(line)
            if line.isEmpty || line.hasPrefix("#") { continue }
            if let sentence = apply(line, to: &preferences) {
                faults.append(Fault(line: index + 1, sentence: sentence))
            }
        }
        return (preferences, faults)
    }

    /// All preferences, so that a reader sees what there is to choose.
    package static func write(_ preferences: Preferences) -> String {
        func word(_ isOn: Bool) -> String { isOn ? "on" : "off" }
        let themes = Theme.allCases.map(\.rawValue).joined(separator: ", ")
        var lines = [
            "# \(themes)", "theme = \(preferences.theme.rawValue)",
            "big = \(word(preferences.isBig))", "calm = \(word(preferences.isCalm))",
            "captions = \(word(preferences.showsCaptions))",
            "mouse = \(word(preferences.usesMouse))",
        ]
        for list in ListID.allCases {
            guard let sort = preferences.sorts[list] else { continue }
            let direction = sort.isDescending ? "descending" : "ascending"
            lines.append("sort.\(list.rawValue) = \(sort.column), \(direction)")
        }
        return head + lines.joined(separator: "\n") + "\n"
    }

    /// Applies a line, or says what is wrong with it.
    private static func apply(_ line: Substring, to preferences: inout Preferences) -> String? {
        guard let sign = line.firstIndex(of: "=") else {
            return "'\(excerpt(line))' is not of the form key = value; it is left out."
        }
        let key = trim(line[..<sign])
        let value = trim(line[line.index(after: sign)...])
        switch key {
        case "theme":
            guard let theme = Theme(rawValue: String(value)) else {
                let themes = Theme.allCases.map(\.rawValue).joined(separator: ", ")
                return "There is no theme '\(excerpt(value))', only \(themes); the default is used."
            }
            preferences.theme = theme
            return nil
        case "big": return apply(value, of: key, to: &preferences.isBig)
        case "calm": return apply(value, of: key, to: &preferences.isCalm)
        case "captions": return apply(value, of: key, to: &preferences.showsCaptions)
        case "mouse": return apply(value, of: key, to: &preferences.usesMouse)
        default: break
        }
        if key.hasPrefix("sort."), let list = ListID(rawValue: String(key.dropFirst(5))) {
            guard let sort = sort(value) else {
                return "'\(excerpt(value))' is no order, such as age, descending; "
                    + "the default is used."
            }
            preferences.sorts[list] = sort
            return nil
        }
        return "There is no setting '\(excerpt(key))'; it is left out."
    }

    private static func apply(
        _ value: Substring,
        of key: Substring,
        to flag: inout Bool
    ) -> String? {
        switch value {
        case "on": flag = true
        case "off": flag = false
        default: return "\(key) is on or off, not '\(excerpt(value))'; the default is used."
        }
        return nil
    }

    private static func sort(_ text: Substring) -> Sort? {
        guard let comma = text.lastIndex(of: ",") else { return nil }
        let column = String(trim(text[..<comma]))
        guard !column.isEmpty, column.count <= longestColumn, !column.contains(",") else {
            return nil
        }
        switch trim(text[text.index(after: comma)...]) {
        case "ascending": return Sort(column: column, isDescending: false)
        case "descending": return Sort(column: column, isDescending: true)
        default: return nil
        }
    }

    private static func trim(_ text: Substring) -> Substring {
        var text = text
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }

    /// The beginning of a text, so that a sentence about a wild line stays a sentence.
    private static func excerpt(_ text: Substring) -> String {
        text.count <= 20 ? String(text) : "\(text.prefix(19))..."
    }
}
