// SPDX-License-Identifier: Apache-2.0

/// A place in the source from which an operation was asked for, as the compiler names it.
struct CallSite {
    var function: StaticString
    /// `Module/File.swift`.
    var file: StaticString
    var line: UInt

    init(_ function: StaticString, _ file: StaticString, _ line: UInt) {
        self.function = function
        self.file = file
        self.line = line
    }
}
