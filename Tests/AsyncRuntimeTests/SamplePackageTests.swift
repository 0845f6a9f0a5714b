// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The program of the sample package, which sees of this one only what is public.
@Suite struct SamplePackageTests {
    @Test func `a program of another package greets as its package says`() throws {
        let expected = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "SamplePackage/expected.txt")
        let (output, status) = try run("greeter-sample")
        #expect(status == 0)
        #expect(output == (try String(contentsOf: expected, encoding: .utf8)))
    }
}
