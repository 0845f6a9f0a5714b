// SPDX-License-Identifier: Apache-2.0

internal import Terminal

/// Sentences for the person at the terminal, beside what the command prints.
enum StandardError {
    /// Names the threads that were left behind, if any.
    static func report(heldThreads names: [String]) {
        guard !names.isEmpty else { return }
        let threads = names.joined(separator: ", ")
        let sentence = "Left behind, since code on them did not return: \(threads).\n"
        // Where standard error is closed, or nobody reads it, there is nobody to tell.
        LastWords().say(Array(sentence.utf8))
    }
}
