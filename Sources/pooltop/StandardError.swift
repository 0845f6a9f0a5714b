// SPDX-License-Identifier: Apache-2.0

internal import Terminal

/// Sentences for the person at the terminal, beside what the command prints.
enum StandardError {
    /// Threads named one by one; a thousand names would push everything else off the screen.
    private static let namesShown = 12

    /// Names the threads that were left behind, if any.
    static func report(heldThreads names: [String]) {
        guard let sentence = sentence(heldThreads: names) else { return }
        // Where standard error is closed, or nobody reads it, there is nobody to tell.
        LastWords().say(Array("\(sentence)\n".utf8))
    }

    /// `nil` where there are none.
    static func sentence(heldThreads names: [String]) -> String? {
        guard !names.isEmpty else { return nil }
        let shown = names.prefix(namesShown).joined(separator: ", ")
        let rest = names.count - namesShown
        let threads = rest > 0 ? "\(shown) and \(rest) more" : shown
        return "Left behind, since code on them did not return: \(threads)."
    }
}
