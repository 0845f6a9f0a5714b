// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Dashboard

/// Compares a screen with what it should be, and prints all of it where they differ.
func expect(
    _ frame: Frame,
    _ golden: String,
    at location: SourceLocation = #_sourceLocation
) {
    let golden = golden.split(separator: "\n", omittingEmptySubsequences: false)
        .map(String.init)
    let lines = Array(frame.lines.prefix(golden.count))
    #expect(
        lines == golden,
        "The screen is\n\(frame.lines.joined(separator: "\n"))",
        sourceLocation: location
    )
    let rest = frame.lines.dropFirst(golden.count).filter { !$0.isEmpty }
    #expect(rest == [], sourceLocation: location)
}
