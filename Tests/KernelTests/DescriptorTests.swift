// SPDX-License-Identifier: Apache-2.0

import Kernel
import TestSupport
import Testing

@Suite struct DescriptorTests {
    @Test func `a descriptor is closed when its owner ends`() throws {
        let (a, b) = try SocketPair().release()
        defer { _ = Descriptor(taking: b) }
        do {
            let owner = Descriptor(taking: a)
            #expect(owner.number == a)
            #expect(Peer.receive(b, count: 1) < 0)
        }
        // Nobody else has a copy, so the peer reads the end of the stream.
        #expect(Peer.receive(b, count: 1) == 0)
    }

    @Test func `a released number stays open`() throws {
        let (a, b) = try SocketPair().release()
        let number = Descriptor(taking: a).release()
        #expect(Peer.send(number, count: 1) == 1)
        #expect(Peer.receive(b, count: 8) == 1)
        _ = Descriptor(taking: number)
        _ = Descriptor(taking: b)
    }
}
