// SPDX-License-Identifier: Apache-2.0

/// Something on the command line that cannot be done; the sentence says what to do instead.
///
/// A plain error rather than the parser's own: that one would add the whole usage to the sentence.
struct UsageError: Error, CustomStringConvertible {
    let description: String

    init(_ sentence: String) {
        description = sentence
    }
}
