// SPDX-License-Identifier: Apache-2.0

import Kernel
import TestSupport
import Testing

@Suite struct SocketAddressTests {
    @Test(arguments: ["127.0.0.1:8080", "0.0.0.0:0", "255.255.255.255:65535", "[::1]:80"])
    func `an address reads as it prints`(text: String) throws {
        let address = try #require(SocketAddress(text))
        #expect(address.description == text)
        #expect(SocketAddress(address.description) == address)
    }

    @Test func `long forms print short`() {
        #expect(SocketAddress("[0:0:0:0:0:0:0:1]:7")?.description == "[::1]:7")
        #expect(SocketAddress.loopback(port: 9).description == "127.0.0.1:9")
        #expect(SocketAddress(v4: 10, 0, 0, 7, port: 1).description == "10.0.0.7:1")
    }

    @Test(arguments: [
        "", ":", ":80", "80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
        "127.0.0.1:+80", "127.0.0.1:80 ", " 127.0.0.1:80", "127.0.0:80", "256.0.0.1:80",
        "localhost:80", "::1:80", "[::1:80", "::1]:80", "[127.0.0.1]:80", "[]:80", "[::1]",
        "127.0.0.1\0rubbish:80", "127.0.0.1:80\0", "[::1\0]:80", "127.0.0.1:٨٠",
    ])
    func `rubbish is refused`(text: String) {
        #expect(SocketAddress(text) == nil)
    }

    @Test func `every address survives printing and reading`() throws {
        var random = SeededRandom(seed: 0x50c4_e7ad)
        for _ in 0..<2_000 {
            let text: String
            if Bool.random(using: &random) {
                let parts = (0..<4).map { _ in String(random.below(256)) }
                text = parts.joined(separator: ".") + ":\(random.below(65_536))"
            } else {
                let parts = (0..<8).map { _ in
                    Bool.random(using: &random) ? "0" : String(random.below(65_536), radix: 16)
                }
                text = "[" + parts.joined(separator: ":") + "]:\(random.below(65_536))"
            }
            let address = try #require(SocketAddress(text), "seed \(random.seed), \(text)")
            #expect(SocketAddress(address.description) == address, "seed \(random.seed), \(text)")
        }
    }

    @Test func `any bytes are refused or read, never a trap`() {
        var random = SeededRandom(seed: 0xbad_add5)
        let letters = Array("0123456789.:[]af%- \u{0}é")
        for _ in 0..<20_000 {
            let text = String(
                (0..<random.below(24)).map { _ in letters[random.below(letters.count)] }
            )
            guard let address = SocketAddress(text) else { continue }
            #expect(SocketAddress(address.description) == address, "seed \(random.seed), \(text)")
        }
    }

    @Test(arguments: ["127.0.0.1:0", "[::1]:0"])
    func `the kernel reports the address that a socket was bound to`(text: String) throws {
        let wanted = try #require(SocketAddress(text))
        let listener = try Socket.listen(on: wanted, backlog: 1)
        let actual = try #require(Socket.localAddress(listener.number))
        #expect(actual.port != 0)
        let host = text.dropLast()
        #expect(actual.description.hasPrefix(host))
    }
}
