// SPDX-License-Identifier: Apache-2.0

@testable import AsyncRuntime
import Kernel
import Port
import SystemPackage
import Telemetry
import Testing

@Suite struct SocketTests {
    @Test(arguments: [Placement.worker, .inline], [true, false])
    func `bytes come back as they were sent`(
        placement: Placement,
        skipOnSuccess: Bool
    ) async throws {
        try await withRuntime(placement: placement, skipOnSuccess: skipOnSuccess) { runtime in
            let (client, server) = try await connectedPair(runtime)
            let echo = spawn(runtime) {
                while true {
                    let buffer = try await server.read()
                    if buffer.count == 0 { return }
                    try await server.write(buffer)
                }
            }
            for size in [1, 64, 4095, 4096, 4097, 20_000] {
                let sent = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
                try await client.write(sent)
                #expect(try await client.readAll(size) == sent)
            }
            client.close()
            try await echo.value
            if skipOnSuccess {
                #expect(runtime.snapshot().operations.synchronous > 0)
            } else {
                #expect(runtime.snapshot().operations.synchronous == 0)
            }
        }
    }

    @Test func `a write larger than the socket's buffers waits and ends complete`() async throws {
        try await withRuntime { runtime in
            let (client, server) = try await connectedPair(runtime)
            let sent = (0..<8_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            async let written: Void = client.write(sent)
            let received = try await server.readAll(sent.count)
            try await written
            #expect(received == sent)
        }
    }

    @Test func `writes at once never mix their bytes`() async throws {
        try await withRuntime { runtime in
            let (client, server) = try await connectedPair(runtime)
            let size = 3_000_000
            let writers = (1...4).map { number in
                spawn(runtime) {
                    try await client.write([UInt8](repeating: UInt8(number), count: size))
                }
            }
            let received = try await server.readAll(size * writers.count)
            for writer in writers { try await writer.value }
            let starts = stride(from: 0, to: received.count, by: size)
            let runs = starts.map { Set(received[$0..<($0 + size)]) }
            #expect(runs.allSatisfy { $0.count == 1 })
            #expect(Set(runs.compactMap(\.first)) == [1, 2, 3, 4])
        }
    }

    @Test func `after a half-close the other direction goes on`() async throws {
        try await withRuntime { runtime in
            let (client, server) = try await connectedPair(runtime)
            try await client.write([1, 2, 3])
            try client.shutdownWrite()
            #expect(try await server.readAll(10) == [1, 2, 3])
            #expect(try await server.read().count == 0)
            try await server.write([4, 5])
            #expect(try await client.readAll(2) == [4, 5])
        }
    }

    @Test func `a reset by the peer fails the pending read`() async throws {
        try await withRuntime { runtime in
            let (client, server) = try await connectedPair(runtime)
            let read = spawn(runtime) { try await server.read().count }
            try await eventually("The read is pending.", on: runtime) {
                runtime.snapshot().port.armed == 1
            }
            client.reset()
            await #expect(throws: OperationError.system(.connectionReset)) { try await read.value }
        }
    }

    @Test func `closing a socket completes what is pending on it`() async throws {
        try await withRuntime { runtime in
            let (client, server) = try await connectedPair(runtime)
            let reads = (0..<3).map { _ in spawn(runtime) { try await server.read().count } }
            try await eventually("Three reads are pending.", on: runtime) {
                runtime.snapshot().port.armed == 3
            }
            server.close()
            for read in reads {
                await #expect(throws: OperationError.closed) { try await read.value }
            }
            await #expect(throws: OperationError.closed) { try await server.read().count }
            #expect(try await client.read().count == 0)
        }
    }

    @Test func `a cancelled task's operation ends as cancelled`() async throws {
        try await withRuntime { runtime in
            let (client, server) = try await connectedPair(runtime)
            let read = spawn(runtime) { try await server.read().count }
            try await eventually("The read is pending.", on: runtime) {
                runtime.snapshot().port.armed == 1
            }
            read.cancel()
            await #expect(throws: OperationError.cancelled) { try await read.value }
            // The socket is as good as before.
            try await client.write([9])
            #expect(try await server.readAll(1) == [9])
            let late = spawn(runtime) { () throws -> Int in
                unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
                return try await server.read().count
            }
            await #expect(throws: OperationError.cancelled) { try await late.value }
            #expect(runtime.snapshot().operations.cancelled == 2)
        }
    }

    @Test func `an operation times out, and a completed one leaves no timer behind`() async throws {
        try await withRuntime { runtime in
            let (client, server) = try await connectedPair(runtime)
            await #expect(throws: OperationError.timedOut) {
                try await server.read(timeout: .milliseconds(5)).count
            }
            #expect(runtime.snapshot().operations.timedOut == 1)
            for _ in 0..<100 {
                async let count = server.read(timeout: .seconds(3600)).count
                try await client.write([1])
                #expect(try await count == 1)
            }
            #expect(runtime.port.timerCount == 0)
        }
    }

    @Test func `a refused connection says so`() async throws {
        try await withRuntime { runtime in
            // Bound, but nobody listens: a port that was let go may be somebody else's by now.
            let address = SocketAddress.loopback(port: 0)
            let holder = try Socket.make(for: address)
            try Socket.bind(holder.number, to: address)
            let held = try #require(Socket.localAddress(holder.number))
            await #expect(throws: OperationError.system(.connectionRefused)) {
                _ = try await runtime.connect(to: held)
            }
            _ = consume holder
        }
    }

    @Test func `a closed listener ends its accept`() async throws {
        try await withRuntime { runtime in
            let listener = try runtime.listen(on: .loopback(port: 0))
            let accept = spawn(runtime) { _ = try await listener.accept() }
            try await eventually("The accept is pending.", on: runtime) {
                runtime.snapshot().port.armed == 1
            }
            listener.close()
            await #expect(throws: OperationError.closed) { try await accept.value }
        }
    }
}
