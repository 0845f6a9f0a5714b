// SPDX-License-Identifier: Apache-2.0

import Foundation
import Kernel
import Synchronization
import Telemetry
import Testing

@testable import AsyncRuntime

/// Worlds whose hops are held.
///
/// World time goes on: it is held by the installed runtime only, which a test process has not. That
/// it stands is looked at in a process of its own, see `OrdinarySwift`.
@Suite(.serialized) struct TempoTests {
    @Test func `steps take one sleep through all its hops, and the log says the same`() async throws
    {
        let runtime = try small()
        defer { runtime.shutdown(within: .seconds(60)) }
        runtime.observe { _ in }
        try runtime.apply(.setWorldPaused(true))
        spawn(runtime) { try await runtime.sleep(for: .milliseconds(3)) }
        var sentences: [String] = []
        var stations: [RuntimeSnapshot.Station] = []
        for number in 1...7 {
            try runtime.apply(.step)
            let tempo = try reached("hop \(number)", runtime) { $0.passed >= number }
            #expect(tempo.passed == number)
            let last = try #require(tempo.last)
            stations.append(last.station)
            sentences.append(last.sentence)
            // Held before it takes the packet, the poller has not taken it; then it has.
            if number == 3 || number == 4 {
                try until("the packet is where the hop says") {
                    let packets = runtime.snapshot().detail?.packets ?? []
                    return packets.map(\.isQueued) == [number == 3]
                }
            }
        }
        try runtime.apply(.setWorldPaused(false))
        #expect(
            stations == [.began, .submitted, .performed, .taken, .placed, .began, .ended],
            "\(sentences)"
        )
        #expect(sentences[1].contains("worker-1 set a timer for"))
        #expect(sentences[3].contains("poller-1 took packet #1: sleep, ok, for"))
        // The log's entry is made by the thread that passes.
        var logged: [String] = []
        try until("the log has them") {
            logged = runtime.log.newest.events.filter { $0.name == "Hop" }.map(\.text)
            return logged.count >= 7
        }
        #expect(logged.prefix(7).elementsEqual(zip(1..., sentences).map { "\($0)  \($1)" }))
    }

    @Test func `a read is told as epoll does it: readiness, our call, the packet`() throws {
        let runtime = try small()
        defer { runtime.shutdown(within: .seconds(60)) }
        let made = try runtime.result { try? await connectedPair(runtime) }
        let pair = try #require(made)
        spawn(runtime) { try await pair.1.read().count }
        try until("the read is armed") { runtime.snapshot().port.armed == 1 }
        try runtime.apply(.setWorldPaused(true))
        spawn(runtime) { try await pair.0.write([1, 2, 3]) }
        var stations: [RuntimeSnapshot.Station] = []
        var sentences: [String] = []
        while !stations.contains(.taken), stations.count < 12 {
            let number = stations.count + 1
            try runtime.apply(.step)
            let tempo = try reached("hop \(number)", runtime) { $0.passed >= number }
            let last = try #require(tempo.last)
            stations.append(last.station)
            sentences.append(last.sentence)
        }
        try runtime.apply(.setWorldPaused(false))
        let poller = zip(stations, sentences).filter { $0.1.contains("poller-1") }
        #expect(poller.map(\.0) == [.ready, .performed, .taken], "\(sentences)")
        let descriptor = pair.1.descriptor
        try #require(poller.count == 3)
        #expect(poller[0].1.contains("fd \(descriptor) is ready; now recv may be called"))
        #expect(poller[1].1.contains("called recv on fd \(descriptor): 3 B"))
        #expect(poller[2].1.contains("read on fd \(descriptor), 3 B, for"))
    }

    @Test func `a hop is told as it was, however late, and its machine by name to the end`() throws
    {
        let runtime = try small()
        defer { runtime.shutdown(within: .seconds(60)) }
        try runtime.apply(.setWorldPaused(true))
        spawn(runtime) {
            try await runtime.sleep(for: .milliseconds(1))
            try await runtime.sleep(for: .milliseconds(2))
        }
        var logged: [String] = []
        for number in 1...12 {
            try runtime.apply(.step)
            try until("hop \(number)") {
                logged = runtime.log.newest.events.filter { $0.name == "Hop" }.map(\.text)
                return logged.count >= number
            }
        }
        try runtime.apply(.setWorldPaused(false))
        let lines = logged.filter { $0.contains("goes on with") }
            .compactMap { $0.split(separator: ":").last.flatMap { Int($0) } }
        try #require(lines.count == 2, "\(logged)")
        #expect(lines[1] == lines[0] + 1, "\(logged)")
        let end = try #require(logged.last)
        #expect(end.contains("ended on worker-1") && !end.contains("machine #"), "\(logged)")
    }

    @Test func `a stopping runtime opens the gate`() throws {
        let runtime = try small()
        try runtime.apply(.setWorldPaused(true))
        for _ in 0..<20 { spawn(runtime) { try await runtime.sleep(for: .seconds(1000)) } }
        #expect(runtime.shutdown(within: .seconds(60)).isEmpty)
        let snapshot = runtime.snapshot()
        #expect(snapshot.operations.balances)
        #expect(snapshot.machines.inFlight == 0)
        // Too late: nothing closes it any more.
        try runtime.apply(.setWorldPaused(true))
        let isClosed = runtime.gate.closed.load(ordering: .relaxed)
        #expect(!isClosed)
    }

    @Test func `a machine that is followed has a stopwatch, also at full speed`() throws {
        let runtime = try small()
        defer { runtime.shutdown(within: .seconds(60)) }
        let number = Atomic<UInt64>(0)
        let task = spawn(runtime) {
            number.store(UInt64(TaskLayout.identifier(TaskLayout.current)), ordering: .releasing)
            while !Task.isCancelled { try await runtime.sleep(for: .milliseconds(2)) }
        }
        try until("it runs") { number.load(ordering: .acquiring) != 0 }
        try runtime.apply(.follow(machine: Int(number.load(ordering: .acquiring))))
        let tempo = try reached("two awaits", runtime) {
            $0.followed?.awaitMicroseconds != nil
        }
        let followed = try #require(tempo.followed)
        let all = try #require(followed.awaitMicroseconds)
        #expect(all >= 2000)
        #expect(try #require(followed.threadMicroseconds) < all)
        #expect(tempo.passed == 0)
        task.cancel()
        try runtime.apply(.follow(machine: nil))
        let isStillClosed = runtime.gate.closed.load(ordering: .relaxed)
        #expect(!isStillClosed)
        #expect(runtime.tempo.look().followed == nil)
    }

    @Test(arguments: [Placement.worker, .inline, .dedicated])
    func `tempo that changes at random under load loses nothing`(placement: Placement) async throws
    {
        let rounds = TempoTests.rounds
        try await withRuntime(pollers: 3, workers: 3, placement: placement) { runtime in
            let isDone = Atomic<Bool>(false)
            let changer = Thread {
                var random = SystemRandomNumberGenerator()
                while !isDone.load(ordering: .acquiring) {
                    let command: RuntimeCommand =
                        switch Int.random(in: 0..<10, using: &random) {
                        case 0: .setWorldPaused(true)
                        case 1: .setWorldPaused(false)
                        case 2:
                            .setTempo(
                                microsecondsPerHop: Int.random(in: 1...80, using: &random)
                            )
                        case 3: .setTempo(microsecondsPerHop: 0)
                        case 4: .follow(machine: Int.random(in: 1...50, using: &random))
                        case 5: .follow(machine: nil)
                        default: .step
                        }
                    _ = try? runtime.apply(command)
                    usleep(UInt32.random(in: 0...60, using: &random))
                }
                _ = try? runtime.apply(.setTempo(microsecondsPerHop: 0))
                _ = try? runtime.apply(.setWorldPaused(false))
            }
            changer.start()
            // Ends without the gate, whatever becomes of the load.
            defer { isDone.store(true, ordering: .releasing) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for lane in 0..<8 {
                    group.addTask {
                        let (client, server) = try await connectedPair(runtime)
                        for round in 0..<(rounds / 80) {
                            async let count = server.read().count
                            try await client.write([UInt8(lane)])
                            #expect(try await count == 1)
                            if round % 8 == 0 { try await runtime.sleep(for: .microseconds(50)) }
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    private static let rounds =
        ProcessInfo.processInfo.environment["POOLTOP_STRESS"].flatMap { Int($0) } ?? 4000

    // MARK: A world to hold

    private func small() throws -> Runtime {
        var configuration = RuntimeConfiguration()
        configuration.pollers = 1...1
        configuration.concurrency = 1
        configuration.workers = 1...1
        configuration.hillClimbing = false
        configuration.samples = false
        return try Runtime(configuration)
    }

    private func reached(
        _ what: String,
        _ runtime: Runtime,
        _ condition: (RuntimeSnapshot.Tempo) -> Bool
    ) throws -> RuntimeSnapshot.Tempo {
        var tempo = RuntimeSnapshot.Tempo()
        try until(what) {
            tempo = runtime.tempo.look()
            return condition(tempo)
        }
        return tempo
    }

    /// Waits for a condition, in real time, on a thread that is not the runtime's.
    private func until(_ what: String, _ condition: () -> Bool) throws {
        let deadline = ContinuousClock.now.advanced(by: .seconds(240))
        while !condition() {
            try #require(ContinuousClock.now < deadline, "\(what)")
            CurrentThread.yieldProcessor()
        }
    }
}
