// SPDX-License-Identifier: Apache-2.0

/// Which state machines are looked for: `state:waiting age>50ms fn:fetch -thread:worker-1 cli`.
///
/// All terms have to hold. A term that begins with `-` or `!` must not hold. A plain word is
/// contained in the machine's number, function, state, thread or await site. Case does not matter.
package struct MachineFilter: Codable, Equatable, Sendable {
    /// What a term looks at.
    package enum Field: String, CaseIterable, Codable, Sendable {
        case state
        case function = "fn"
        case thread
        case site = "at"
        case number = "id"
    }

    /// A number that a term compares.
    package enum Measure: String, CaseIterable, Codable, Sendable {
        case age
        case since = "for"
        case ran
        case queued
        case waited
        case hops
        case descriptor = "fd"

        var isTime: Bool {
            switch self {
            case .hops, .descriptor: false
            default: true
            }
        }
    }

    package enum Condition: Codable, Equatable, Sendable {
        /// Contained in any text of the machine.
        case word(String)
        case contains(Field, String)
        /// Microseconds, or a count.
        case above(Measure, Int)
        case below(Measure, Int)
    }

    package struct Term: Codable, Equatable, Sendable {
        package var condition: Condition
        package var isNegated: Bool
    }

    package var terms: [Term]

    package init(terms: [Term] = []) {
        self.terms = terms
    }

    /// Whether a machine is one of those looked for.
    package func matches(_ row: RuntimeSnapshot.MachineRow) -> Bool {
        terms.allSatisfy { Self.holds($0.condition, row) != $0.isNegated }
    }

    private static func holds(_ condition: Condition, _ row: RuntimeSnapshot.MachineRow) -> Bool {
        switch condition {
        case .word(let word):
            return Field.allCases.contains { text(of: row, $0).contains(word) }
        case .contains(.state, let word):
            return text(of: row, .state).contains(word) || (row.isWaiting && "waiting" == word)
        case .contains(.number, let word): return text(of: row, .number) == "#\(word)"
        case .contains(let field, let word): return text(of: row, field).contains(word)
        case .above(let measure, let limit): return value(of: row, measure) > limit
        case .below(let measure, let limit): return value(of: row, measure) < limit
        }
    }

    private static func text(of row: RuntimeSnapshot.MachineRow, _ field: Field) -> String {
        switch field {
        case .state: row.state.lowercased()
        case .function: row.function.lowercased()
        case .thread: row.thread.lowercased()
        case .site: row.site.lowercased()
        case .number: "#\(row.number)"
        }
    }

    private static func value(of row: RuntimeSnapshot.MachineRow, _ measure: Measure) -> Int {
        switch measure {
        case .age: row.ageMicroseconds
        case .since: row.sinceMicroseconds
        case .ran: row.runningMicroseconds
        case .queued: row.queuedMicroseconds
        case .waited: row.waitingMicroseconds
        case .hops: row.hops
        case .descriptor: row.descriptor
        }
    }
}

extension RuntimeSnapshot.MachineRow {
    /// Whether it neither runs nor waits for a thread.
    fileprivate var isWaiting: Bool { state != "running" && state != "queued" }
}

/// Reads what somebody types.
extension MachineFilter {
    /// Why a text is no filter.
    package struct Fault: Error, Equatable, Sendable {
        package var sentence: String
    }

    /// - Throws: ``Fault`` with the first term that says nothing sensible.
    package init(parsing text: String) throws(Fault) {
        terms = []
        for word in text.lowercased().split(whereSeparator: \.isWhitespace) {
            if let term = try Self.term(word) { terms.append(term) }
        }
    }

    private static func term(_ word: Substring) throws(Fault) -> Term? {
        let isNegated = word.first == "-" || word.first == "!"
        let word = isNegated ? word.dropFirst() : word
        // Nothing, so far: the user is still typing.
        guard !word.isEmpty else { return nil }
        guard let place = word.firstIndex(where: { ":<>".contains($0) }) else {
            return Term(condition: .word(String(word)), isNegated: isNegated)
        }
        let name = String(word[..<place])
        let value = word[word.index(after: place)...]
        let condition: Condition
        if word[place] == ":" {
            guard let field = Field(rawValue: name) else {
                let names = Field.allCases.map(\.rawValue).joined(separator: ": ")
                throw Fault(sentence: "'\(name):' is not known; there are \(names):")
            }
            guard !value.isEmpty else { return nil }
            let text = value.first == "#" ? value.dropFirst() : value
            condition = .contains(field, String(text))
        } else {
            guard let measure = Measure(rawValue: name) else {
                let names = Measure.allCases.map(\.rawValue).joined(separator: " ")
                throw Fault(sentence: "'\(name)' is no number; there are \(names)")
            }
            guard !value.isEmpty else { return nil }
            let number = try Self.number(value, of: measure)
            condition = word[place] == ">" ? .above(measure, number) : .below(measure, number)
        }
        return Term(condition: condition, isNegated: isNegated)
    }

    private static func number(_ text: Substring, of measure: Measure) throws(Fault) -> Int {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = text.dropFirst(digits.count)
        guard let number = Double(digits), number < 1e12 else {
            throw Fault(sentence: "'\(text)' is no number")
        }
        guard measure.isTime else {
            guard unit.isEmpty else { throw Fault(sentence: "'\(measure.rawValue)' has no unit") }
            return Int(number)
        }
        switch unit {
        case "us", "µs": return Int(number)
        case "ms", "": return Int(min(number * 1000, 1e15))
        case "s": return Int(min(number * 1_000_000, 1e15))
        default: throw Fault(sentence: "'\(unit)' is no unit of time: us, ms, s")
        }
    }
}
