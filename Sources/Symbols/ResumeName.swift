// SPDX-License-Identifier: Apache-2.0

/// A linker's name of one part of an async function.
///
/// The compiler cuts an async function at each point where it may suspend, and gives the parts the
/// function's own name with a suffix: `TQn_` where it goes on after a call of another async function,
/// `TYn_` where it goes on after a change of executor or a continuation. The parts are the states of
/// the state machine.
package struct ResumeName: Equatable, Sendable {
    /// The name of the function itself.
    package var function: String
    /// The state as the compiler numbers it, such as `TQ2`; empty for the part where it starts.
    ///
    /// Numbers are neither consecutive nor one for each `await`.
    package var state: String

    package init(_ symbol: String) {
        let bytes = Array(symbol.utf8)
        let length = ResumeName.functionLength(bytes[...])
        function = String(decoding: bytes[..<length], as: UTF8.self)
        state =
            length == bytes.count
            ? "" : String(decoding: bytes[length...].dropLast(), as: UTF8.self)
    }

    /// Bytes of the name before the suffix; all where there is none.
    static func functionLength(_ symbol: ArraySlice<UInt8>) -> Int {
        guard symbol.last == UInt8(ascii: "_") else { return symbol.count }
        let name = symbol.dropLast()
        let digits = name.reversed().prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
        let head = name.dropLast(digits.count)
        guard head.count > 2, let kind = head.last,
            kind == UInt8(ascii: "Q") || kind == UInt8(ascii: "Y"),
            head.dropLast().last == UInt8(ascii: "T")
        else { return symbol.count }
        return head.count - 2
    }
}
