// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Port

@Suite struct EndOfStreamTests {
    @Test func `the last bytes and the end may come in one edge`() {
        var state = DescriptorState()
        #expect(state.submit(1, .read) == .perform)
        #expect(state.performed(.read, .wouldBlock).next == .rest)
        #expect(state.edge(.read, isEnd: true) == 1)
        // A short read: the socket holds no more bytes, but its end is still to be read.
        #expect(state.performed(.read, .completed(drained: true)).next == .rest)
        #expect(state.submit(2, .read) == .perform)
    }

    @Test func `without an end a short read waits for the next edge`() {
        var state = DescriptorState()
        #expect(state.submit(1, .read) == .perform)
        #expect(state.performed(.read, .completed(drained: true)).next == .rest)
        #expect(state.submit(2, .read) == .wait)
        #expect(state.edge(.read) == 2)
    }
}
