// SPDX-License-Identifier: Apache-2.0

/// Why an executable tells nothing of its functions or lines.
package enum SymbolError: Error, Equatable, Sendable {
    /// Ends before what it announces.
    case truncated
    /// Not a 64-bit little-endian ELF file.
    case notELF
    /// Stripped of the section named.
    case missing(String)
    /// The section named is compressed.
    case compressed(String)
    /// A version or form of line tables that is not read.
    case unknownFormat(String)
    /// Nobody wants to know any more.
    case abandoned
    /// Says something impossible.
    case damaged(String)
}

extension SymbolError: CustomStringConvertible {
    /// One sentence for the screen.
    package var description: String {
        switch self {
        case .truncated: "The executable's file ends too early."
        case .notELF: "The executable is not a 64-bit ELF file."
        case .missing(let name): "The executable has no \(name)."
        case .compressed(let name): "The executable's \(name) is compressed, which is not read."
        case .unknownFormat(let what):
            "The executable has line tables of \(what), which is not read."
        case .abandoned: "Reading was given up."
        case .damaged(let what): "The executable's \(what) makes no sense."
        }
    }
}
