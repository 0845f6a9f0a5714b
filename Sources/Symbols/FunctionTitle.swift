// SPDX-License-Identifier: Apache-2.0

/// The short form of a demangled name, for a column of a screen.
///
/// `static app.Server.serve(on: Socket, count: Swift.Int) async throws -> ()` is `Server.serve`;
/// the second closure in it is `Server.serve {2}`.
package enum FunctionTitle {
    /// What stands before the name of a function that stands for another.
    private static let prefixes = [
        "partial apply forwarder for ", "merged ", "dispatch thunk of ", "static ", "override ",
        "async function pointer to ", "implicit ", "default argument ",
        "variable initialization expression of ",
    ]

    package static func short(_ demangled: String) -> String {
        var text = bare(Substring(demangled))
        if text.hasPrefix("reabstraction thunk") { return "thunk" }
        var closures = ""
        while text.hasPrefix("closure #"), let inside = text.firstRange(of: " in ") {
            let number = text.dropFirst("closure #".count).prefix { $0.isNumber }
            closures = " {\(number)}" + closures
            text = bare(text[inside.upperBound...])
        }
        return withoutModule(path(of: text)) + closures
    }

    /// The name without what stands before it.
    private static func bare(_ name: Substring) -> Substring {
        var text = name
        var length = 0
        while length != text.utf8.count {
            length = text.utf8.count
            if text.first == "(", let marker = text.firstRange(of: " resume partial function for ")
            {
                text = text[marker.upperBound...]
            }
            for prefix in prefixes where text.hasPrefix(prefix) {
                text = text.dropFirst(prefix.count)
            }
            // `generic specialization <Swift.Int> of main.work(…)`.
            if text.hasPrefix("generic ") || text.hasPrefix("function signature "),
                let of = text.firstRange(of: " of ")
            {
                text = text[of.upperBound...]
            }
        }
        return text
    }

    /// The name up to the parameters, without generic arguments and contexts of extensions.
    private static func path(of text: Substring) -> String {
        var path = ""
        var rest = text
        while let next = rest.first {
            switch next {
            case "<":
                // Operators such as `<` have no closing sign.
                guard let end = close(of: rest, "<", ">") else { return path + rest }
                rest = rest[end...]
            case "(" where path.isEmpty || path.hasSuffix("."):
                // `(extension in app):Swift.Int.name` or `(name in _1A2B)`, a private function.
                guard let end = close(of: rest, "(", ")") else { return path + rest }
                let inside = rest[..<end].dropFirst().dropLast()
                rest = rest[end...]
                if inside.hasPrefix("extension in ") {
                    if rest.first == ":" { rest = rest.dropFirst() }
                } else {
                    path += inside.prefix { $0 != " " }
                }
            case "(", " ": return path
            default:
                path.append(next)
                rest = rest.dropFirst()
            }
        }
        return path
    }

    /// Where the sign that closes the first one stands, and is over.
    private static func close(
        of text: Substring,
        _ opening: Character,
        _ closing: Character
    ) -> Substring.Index? {
        var depth = 0
        var before: Character = " "
        for index in text.indices {
            let sign = text[index]
            if sign == opening { depth += 1 }
            // The arrow of a function's type closes nothing.
            if sign == closing, !(closing == ">" && before == "-") {
                depth -= 1
                if depth == 0 { return text.index(after: index) }
            }
            before = sign
        }
        return nil
    }

    private static func withoutModule(_ path: String) -> String {
        guard let dot = path.firstIndex(of: "."), path.index(after: dot) < path.endIndex else {
            return path
        }
        return String(path[path.index(after: dot)...])
    }
}
