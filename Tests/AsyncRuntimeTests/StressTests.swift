// SPDX-License-Identifier: Apache-2.0

import AsyncRuntime
import Foundation
import Kernel
import Synchronization
import Telemetry
import Testing

/// Races between the ways an operation can end: whatever wins, each ends once and the books balance.
///
/// `POOLTOP_STRESS` sets the number of operations of each test, for long runs by hand.
@Suite struct StressTests {
    private static let operations =
        ProcessInfo.processInfo.environment["POOLTOP_STRESS"].flatMap { Int($0) } ?? 20_000

    @Test(arguments: [Placement.worker, .inline])
    func `cancellation against completion`(placement: Placement) async throws {
        try await withRuntime(pollers: 3, workers: 3, placement: placement) { runtime in
            let lanes = 20
            try await withThrowingTaskGroup(of: Void.self) { group in
                for lane in 0..<lanes {
                    group.addTask {
                        let (client, server) = try await connectedPair(runtime)
                        var random = SystemRandomNumberGenerator()
                        for _ in 0..<(StressTests.operations / lanes / 2) {
                            let read = spawn(runtime) { try await server.read().count }
                            let write = spawn(runtime) { try await client.write([UInt8(lane)]) }
                            for _ in 0..<Int.random(in: 0..<4, using: &random) {
                                await Task.yield()
                            }
                            read.cancel()
                            // Either outcome is right; a lost one would hang here.
                            _ = try? await read.value
                            _ = try? await write.value
                        }
                    }
                }
                try await group.waitForAll()
            }
            let snapshot = runtime.snapshot()
            #expect(snapshot.operations.submitted >= StressTests.operations)
        }
    }

    @Test func `time-outs against completion`() async throws {
        try await withRuntime(pollers: 3, workers: 3) { runtime in
            let lanes = 20
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<lanes {
                    group.addTask {
                        let (client, server) = try await connectedPair(runtime)
                        for round in 0..<(StressTests.operations / lanes / 2) {
                            async let count = server.read(timeout: .microseconds(round % 60)).count
                            try await client.write([1])
                            _ = try? await count
                            guard round % 64 == 0 else { continue }
                            // What was left is taken by the first, so that nothing comes for the
                            // second, whatever the races above came to.
                            _ = try? await server.read(timeout: .microseconds(20))
                            _ = try? await server.read(timeout: .microseconds(20))
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(runtime.snapshot().operations.timedOut > 0)
        }
    }

    @Test func `closing against completion`() async throws {
        let lanes = 16
        try await withRuntime(pollers: 3, workers: 3) { runtime in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<lanes {
                    group.addTask {
                        for _ in 0..<(StressTests.operations / lanes / 20) {
                            let (client, server) = try await connectedPair(runtime)
                            let read = spawn(runtime) { try await server.read().count }
                            let other = spawn(runtime) { try await server.read().count }
                            let write = spawn(runtime) { try await client.write([1, 2, 3]) }
                            await Task.yield()
                            server.close()
                            client.close()
                            _ = try? await read.value
                            _ = try? await other.value
                            _ = try? await write.value
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func `sleeps against cancellation`() async throws {
        try await withRuntime(pollers: 2, workers: 3) { runtime in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for lane in 0..<20 {
                    group.addTask {
                        for round in 0..<(StressTests.operations / 20) {
                            let sleep = spawn(runtime) {
                                try await runtime.sleep(for: .microseconds(round % 40))
                            }
                            if (lane + round) % 3 == 0 { await Task.yield() }
                            sleep.cancel()
                            _ = try? await sleep.value
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
