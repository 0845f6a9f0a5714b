// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Pool

@Suite struct SearchPatienceTests {
    @Test func `a search ends at the first look that finds something`() {
        let patience = SearchPatience()
        var looks = 0
        let hasFound = patience.search {
            looks += 1
            return looks == 3
        }
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
        for _ in 0..<3 { _ = patience.search { true } }
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

    private func looksInVain(_ patience: borrowing SearchPatience) -> Int {
        var looks = 0
        _ = patience.search {
            looks += 1
            return false
        }
        return looks
    }
}
