// SPDX-License-Identifier: Apache-2.0

import AsyncRuntime
import Testing

@testable import Workload

/// The server of `fanout` as a visitor from another program meets it.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct HTTPServerTests {
    /// Sends bytes to the server and returns all that it answers until it closes.
    private func converse(_ text: String) async throws -> String {
        let runtime = try Runtime(RuntimeConfiguration())
        defer { runtime.shutdown() }
        let workload = try Workload(
            .fanout,
            settings: WorkloadSettings(),
            seed: 1,
            descriptorLimit: 1024,
            runtime: runtime,
            preference: runtime.executor
        )
        let address = try #require(workload.address)
        let answer = await Task(executorPreference: runtime.executor) {
            await self.exchange(text, with: address, on: runtime)
        }.value
        await withCheckedContinuation { stopped in workload.stop { stopped.resume() } }
        return answer
    }

    private func exchange(
        _ text: String,
        with address: SocketAddress,
        on runtime: Runtime
    ) async -> String {
        var answer: [UInt8] = []
        do throws(OperationError) {
            let socket = try await runtime.connect(to: address)
            defer { socket.close() }
            try await socket.write(Array(text.utf8))
            while true {
                let buffer = try await socket.read(timeout: .seconds(60))
                if buffer.count == 0 { break }
                buffer.withBytes { bytes in
                    for index in 0..<bytes.count { answer.append(bytes[index]) }
                }
            }
        } catch {
            return "\(error)"
        }
        return String(decoding: answer, as: UTF8.self)
    }

    @Test func `curl's request is answered`() async throws {
        let answer = try await converse(
            "GET /x HTTP/1.1\r\nHost: h\r\nUser-Agent: curl/8\r\nConnection: close\r\n\r\n"
        )
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(answer.contains("Content-Length: 19\r\n"))
        #expect(answer.contains("Connection: close\r\n"))
        #expect(answer.hasSuffix("\r\n\r\npooltop answers /x\n"))
    }

    @Test func `pipelined requests are answered in order, HEAD without a body`() async throws {
        let answer = try await converse(
            "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nHEAD /2 HTTP/1.1\r\nHost: h\r\n\r\n"
                + "GET /3 HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /4 HTTP/1.0\r\n\r\n"
        )
        let heads = answer.split(separator: "HTTP/1.1 200 OK")
        try #require(heads.count == 4, "It said: \(answer)")
        #expect(heads[0].hasSuffix("answers /1\n"))
        #expect(heads[1].hasSuffix("\r\n\r\n"))
        #expect(heads[2].contains("Connection: keep-alive"))
        #expect(heads[3].contains("Connection: close"))
        #expect(heads[3].hasSuffix("answers /4\n"))
    }

    @Test(arguments: [
        ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nConnection: close\r\n\r\nab", 405),
        ("BREW / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", 501),
        ("rubbish\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/3.0\r\n\r\n", 505),
        ("GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501),
    ])
    func `what it does not serve has a status`(request: String, status: Int) async throws {
        let answer = try await converse(request)
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "It said: \(answer)")
        #expect(answer.contains("Connection: close"))
        #expect((status == 405) == answer.contains("Allow: GET, HEAD"))
    }
}
