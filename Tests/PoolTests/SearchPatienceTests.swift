// SPDX-License-Identifier: Apache-2.0

import Kernel
import Testing

@testable import Pool

@Suite struct SearchPatienceTests {
    @Test func `a search ends at the first look that finds something`() {
        let patience = SearchPatience()
        var looks = 0
        let hasFound = patience.search(
            {
                looks += 1
                return looks == 3
            },
            offer: { nil }
        )
        #expect(hasFound)
        #expect(looks == 3)
    }

    @Test func `searches in vain become shorter, but never end without a look`() {
        let patience = SearchPatience()
        let first = looksInVain(patience)
        for _ in 0..<100 { _ = looksInVain(patience) }
        let last = looksInVain(patience)
        #expect(last < first)
        #expect(last >= 1)
    }

    @Test func `a search that was of use makes the next ones longer`() {
        let patience = SearchPatience()
        let before = looksInVain(patience)
        for _ in 0..<3 { _ = patience.search({ true }, offer: { nil }) }
        #expect(looksInVain(patience) > 2 * before)
    }

    @Test func `a sleep that was too short makes searches longer, a long one does not`() {
        let patience = SearchPatience()
        for _ in 0..<100 { _ = looksInVain(patience) }
        let short = looksInVain(patience)
        patience.slept(for: SearchPatience.worthwhileSleep)
        #expect(looksInVain(patience) <= short)
        // Two threads that wake each other come to search for as long as a wake-up takes.
        for _ in 0..<20 {
            _ = looksInVain(patience)
            patience.slept(for: .microseconds(10))
        }
        #expect(looksInVain(patience) > 5 * short)
    }

    @Test func `where somebody wants the processor searches stay short for a while`() {
        let patience = SearchPatience()
        for _ in 0..<5 { _ = patience.search({ true }, offer: { nil }) }
        let later = Instant.now.advanced(by: .seconds(3600)).nanoseconds
        var offers = 0
        let hasFound = patience.search({ offers > 0 }) {
            offers += 1
            return offers > 0 ? later : nil
        }
        #expect(hasFound)
        #expect(offers == 1)
        for _ in 0..<5 { _ = patience.search({ true }, offer: { nil }) }
        _ = patience.search({ false }) {
            offers += 1
            return nil
        }
        #expect(offers == 1)
    }

    private func looksInVain(_ patience: borrowing SearchPatience) -> Int {
        var looks = 0
        _ = patience.search(
            {
                looks += 1
                return false
            },
            offer: { nil }
        )
        return looks
    }
}
