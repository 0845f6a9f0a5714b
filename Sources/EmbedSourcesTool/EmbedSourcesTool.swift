// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Writes a Swift file that holds other Swift files as literals: `embed-sources OUTPUT INPUT...`.
@main
enum EmbedSourcesTool {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let output = arguments.first else {
            throw CocoaError(.fileNoSuchFile)
        }
        var text = """
            // Made by the plug-in EmbedSources.

            /// Source files by their path below `Sources`.
            let embeddedSources: [(path: StaticString, text: StaticString)] = [

            """
        for input in arguments.dropFirst() {
            let source = try String(contentsOfFile: input, encoding: .utf8)
            // Raw, so that nothing in it is an escape; with more signs than any literal in it has.
            let signs = String(repeating: "#", count: longestRun(in: source) + 1)
            // From the module's folder on: the same on every machine.
            let path = input.components(separatedBy: "/Sources/").last ?? input
            text += "(\(signs)\"\(path)\"\(signs), "
            text += "\(signs)\"\"\"\n\(source)\n\"\"\"\(signs)),\n"
        }
        text += "]\n"
        try text.write(toFile: output, atomically: true, encoding: .utf8)
    }

    /// The most number signs in a row.
    private static func longestRun(in source: String) -> Int {
        var longest = 0
        var run = 0
        for character in source {
            run = character == "#" ? run + 1 : 0
            longest = max(longest, run)
        }
        return longest
    }
}
