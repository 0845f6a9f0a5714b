// SPDX-License-Identifier: Apache-2.0

/// The figures of one measurement, in the order in which they are printed.
struct BenchReport {
    enum Value {
        case count(Int)
        case real(Double)
        /// Never holds characters that JSON would escape.
        case word(String)
        case flag(Bool)
    }

    private var fields: [(name: String, value: Value)]

    init(workload: String, mode: String, _ fields: [(String, Value)]) {
        self.fields = [
            ("peer", .word("ours")), ("workload", .word(workload)), ("mode", .word(mode)),
        ]
        self.fields += fields.map { (name: $0.0, value: $0.1) }
    }

    /// One line of JSON.
    var json: String { BenchReport.json(fields.map { ($0.name, $0.value) }) }

    /// One line of JSON with exactly these fields.
    static func json(_ fields: [(String, Value)]) -> String {
        let members = fields.map { name, value in
            switch value {
            case .count(let count): "\"\(name)\":\(count)"
            case .real(let number): "\"\(name)\":\(number.rounded(toThousandths: ()))"
            case .word(let word): "\"\(name)\":\"\(word)\""
            case .flag(let flag): "\"\(name)\":\(flag)"
            }
        }
        return "{\(members.joined(separator: ","))}"
    }

    /// One line for people.
    var text: String {
        fields.dropFirst().map { name, value in
            switch value {
            case .count(let count): "\(name) \(count)"
            case .real(let number): "\(name) \(number.rounded(toThousandths: ()))"
            case .word(let word): word
            case .flag(let flag): "\(name) \(flag)"
            }
        }.joined(separator: "  ")
    }
}

extension Double {
    fileprivate func rounded(toThousandths: Void) -> Double { (self * 1000).rounded() / 1000 }
}
