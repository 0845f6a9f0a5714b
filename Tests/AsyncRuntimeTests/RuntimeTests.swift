// SPDX-License-Identifier: Apache-2.0

@testable import AsyncRuntime
import Kernel
import Port
import Synchronization
import Telemetry
import TestSupport
import Testing

@Suite struct RuntimeTests {
    @Test func `ordinary Swift runs on the pool, and no thread exists but ours`() throws {
        let (output, status) = try run("ordinary-swift")
        let lines = output.split(separator: "\n").map(String.init)
        #expect(status == 0)
        #expect(lines.contains("second install: refused"))
        #expect(lines.contains("group: 5050"))
        #expect(lines.contains("async let: 21"))
        #expect(lines.contains("actor: 5050"))
        #expect(lines.contains("stream: 55"))
        #expect(lines.contains("sleep: true"))
        #expect(lines.contains("cancelled sleep: true"))
        #expect(lines.contains("main actor: main thread"))
        #expect(lines.contains("strangers: "), "Code ran elsewhere: \(output)")
        #expect(lines.contains("balances: true"))
        let threads = lines.first { $0.hasPrefix("threads: ") }?.split(separator: " ").dropFirst()
        let kinds = Set((threads ?? []).map { $0.prefix { $0 != "-" } })
        // Who is looked at has its symbols read, by a thread that then ends.
        let lasting = kinds.subtracting(["symbols"])
        #expect(lasting == ["gate", "ordinary", "poller", "sampler", "worker"], "\(output)")
        #expect(lines.contains("held world: stands"), "\(output)")
        #expect(lines.contains("held: 0"))
        // Named like the program: its main thread, and a sanitizer's where there is one.
        #expect(lines.contains("threads left: ordinary-swift"), "\(output)")
        #expect(lines.contains("machines left: 0"), "\(output)")
        #expect(lines.contains("operations left: 0"), "\(output)")
        #expect(lines.contains("sockets: 50, descriptors kept: 0"), "\(output)")
    }

    @Test func `a machine has one slot from its start to its end`() async throws {
        try await withRuntime { runtime in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        for _ in 0..<5 {
                            try await runtime.sleep(for: .microseconds(100 + number))
                            await Task.yield()
                            try await runtime.post()
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(runtime.snapshot().machines.started == 101)
            // The last child may still be on its way out of its run.
            try await eventually("Only this task is left.", on: runtime) {
                runtime.snapshot().machines.inFlight == 1
            }
            #expect(runtime.snapshot().machines.started == 101)
        }
    }

    @Test func `a task that awaits within another one's run does not end that`() async throws {
        try await withRuntime { runtime in
            let inner = Task.immediate(executorPreference: runtime.executor) {
                try? await runtime.sleep(for: .seconds(600))
            }
            #expect(runtime.contexts.current.awaitedAt == 0)
            inner.cancel()
            await inner.value
        }
    }

    @Test func `a machine that ends on an actor is seen to have ended`() async throws {
        actor Busy {
            func spin() { for _ in 0..<1000 { CurrentThread.pause() } }
        }
        try await withRuntime { runtime in
            let busy = Busy()
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<200 { group.addTask { await busy.spin() } }
            }
            try await eventually("Only this task is left.", on: runtime) {
                runtime.snapshot().machines.inFlight == 1
            }
        }
    }

    @Test func `the operation that a machine awaits can be cancelled from outside`() async throws {
        try await withRuntime { runtime in
            runtime.observe { _ in }
            let (client, server) = try await connectedPair(runtime)
            let reader = spawn(runtime) { try await server.read().count }
            let sleeper = spawn(runtime) { try await runtime.sleep(for: .seconds(100)) }
            var machines: [String: Int] = [:]
            try await eventually("Both wait.", on: runtime) {
                let rows = runtime.snapshot().detail?.machines ?? []
                machines = Dictionary(rows.map { ($0.state, $0.number) }) { $1 }
                return machines["read"] != nil && machines["sleep"] != nil
            }
            for state in ["read", "sleep"] {
                try runtime.apply(.cancelOperation(machine: #require(machines[state])))
            }
            await #expect(throws: OperationError.cancelled) { try await reader.value }
            await #expect(throws: OperationError.cancelled) { try await sleeper.value }
            #expect(runtime.snapshot().operations.cancelled == 2)
            // The socket is as good as before.
            try await client.write([1])
            #expect(try await server.read().count == 1)
            let log = runtime.log.newest.events.filter { $0.name == "CancelIoEx" }.map(\.text)
            #expect(log.count == 2 && log.allSatisfy { $0.hasSuffix(": cancelled") }, "\(log)")
            #expect(log[0].hasPrefix("read on descriptor \(server.descriptor) of machine #"))
        }
    }

    @Test func `a machine that awaits no operation is left alone, and the log says so`()
        async throws
    {
        try await withRuntime { runtime in
            runtime.observe { _ in }
            let own = try await withThrowingTaskGroup(of: Int.self) { group in
                group.addTask {
                    var number: Int?
                    try await eventually("The parent is suspended.", on: runtime) {
                        let detail = runtime.snapshot().detail
                        number = detail?.machines.first { $0.state == "suspended" }?.number
                        // Its function says the same: it is not taken for running.
                        return number != nil && detail?.functions.map(\.suspended).max() == 1
                    }
                    return number ?? 0
                }
                return try await group.next() ?? 0
            }
            try runtime.apply(.cancelOperation(machine: own))
            try runtime.apply(.cancelOperation(machine: Int.max))
            let log = runtime.log.newest.events.filter { $0.name == "CancelIoEx" }.map(\.text)
            #expect(log.count == 2)
            #expect(log.first?.hasSuffix("awaited no operation at that moment") == true, "\(log)")
            #expect(log.last?.hasSuffix("has ended before") == true, "\(log)")
            #expect(runtime.snapshot().operations.cancelled == 0)
            #expect(runtime.snapshot().detail?.functions.allSatisfy { $0.suspended == 0 } == true)
        }
    }

    @Test func `rows say what a machine waits for`() async throws {
        try await withRuntime { runtime in
            runtime.observe { _ in }
            let (client, server) = try await connectedPair(runtime)
            let reader = spawn(runtime) { try await server.read().count }
            try await eventually("A row awaits the read.", on: runtime) {
                runtime.snapshot().detail?.machines.contains {
                    $0.state == "read" && $0.descriptor == server.descriptor
                        && $0.site.contains("RuntimeTests.swift")
                } ?? false
            }
            try await client.write([1])
            #expect(try await reader.value == 1)
        }
    }

    @Test func `a long chain of inline completions keeps the stack flat`() async throws {
        try await withRuntime(placement: .inline) { runtime in
            for _ in 0..<20_000 { try await runtime.post() }
            #expect(runtime.snapshot().operations.completed >= 20_000)
        }
    }

    @Test func `the books show a completion that was dropped`() async throws {
        let runtime = try Runtime()
        try await Task(executorPreference: runtime.executor) {
            try await runtime.post()
            #expect(runtime.snapshot().operations.balances)
            #if DEBUG
            runtime.port.dropsOneCompletion.store(true, ordering: .relaxed)
            try await runtime.post()
            #expect(!runtime.snapshot().operations.balances)
            #endif
        }.value
        runtime.shutdown(within: .seconds(60))
    }

    @Test func `pollers and workers can be changed while they work`() async throws {
        try await withRuntime { runtime in
            // Nobody else moves the goal meanwhile, however slow the machine is.
            try runtime.apply(.setHillClimbing(false))
            try runtime.apply(.setStarvationDetection(false))
            let isDone = Flag()
            let load = spawn(runtime) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<50 {
                        group.addTask {
                            while !isDone.isSet {
                                try await runtime.post()
                                try await runtime.sleep(for: .microseconds(50))
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
            for (pollers, workers, concurrency) in [
                (1, 1, 1), (8, 4, 2), (3, 8, 8), (1, 2, 1), (16, 1, 4), (2, 2, 2),
            ] {
                try runtime.apply(.setPollerMinimum(pollers))
                try runtime.apply(.setWorkerMinimum(workers))
                try runtime.apply(.setConcurrency(concurrency))
                try await eventually("The new sizes are in effect.", on: runtime) {
                    let now = runtime.snapshot()
                    return now.pollers.count == pollers && now.workers.goal == workers
                        && now.port.concurrency == concurrency
                }
                let before = runtime.snapshot().operations.completed
                try await eventually("Work goes on.", on: runtime) {
                    runtime.snapshot().operations.completed > before + 100
                }
            }
            isDone.set()
            try await load.value
        }
    }

    @Test func `shutdown under load ends every operation and every thread`() async throws {
        let runtime = try Runtime()
        let started = Flag()
        let load = Task(executorPreference: runtime.executor) {
            let listener = try runtime.listen(on: .loopback(port: 0))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    while true {
                        let socket = try await listener.accept()
                        spawn(runtime) {
                            while true {
                                let buffer = try await socket.read()
                                if buffer.count == 0 { break }
                                try await socket.write(buffer)
                            }
                        }
                    }
                }
                for _ in 0..<20 {
                    group.addTask {
                        let socket = try await runtime.connect(to: listener.address)
                        while true {
                            try await socket.write([1, 2, 3])
                            _ = try await socket.readAll(3)
                            started.set()
                        }
                    }
                }
                group.addTask { try await runtime.sleep(for: .seconds(3600)) }
                try await group.waitForAll()
            }
        }
        while !started.isSet { await Task.yield() }
        #expect(runtime.shutdown(within: .seconds(60)).isEmpty)
        await #expect(throws: OperationError.closed) { try await load.value }
        let end = runtime.snapshot()
        #expect(end.operations.balances)
        #expect(end.operations.inFlight == 0)
        #expect(end.machines.inFlight == 0)
        #expect(end.pollers.count == 0)
    }

    @Test func `a thread that user code holds is named, and the rest ends`() async throws {
        let runtime = try Runtime()
        let isHeld = Flag()
        let mayGo = Flag()
        defer { mayGo.set() }
        runtime.submit {
            isHeld.set()
            while !mayGo.isSet { CurrentThread.yieldProcessor() }
        }
        while !isHeld.isSet { await Task.yield() }
        try TestSupport.eventually("all threads but the one that is held have ended") {
            runtime.shutdown(within: .milliseconds(50)) == ["worker-1"]
        }
        mayGo.set()
        // Let go, it ends and is joined.
        #expect(runtime.shutdown(within: .seconds(60)).isEmpty)
    }

    @Test func `timers that nobody awaits run their closures`() async throws {
        try await withRuntime { runtime in
            let count = Counter()
            for number in 0..<1000 {
                try runtime.schedule(after: .microseconds(number)) { count.add() }
            }
            try await eventually("All closures ran.", on: runtime) { count.value == 1000 }
        }
    }
}

final class Flag: Sendable {
    private let value = Atomic<Bool>(false)
    var isSet: Bool { value.load(ordering: .acquiring) }
    func set() { value.store(true, ordering: .releasing) }
}

final class Counter: Sendable {
    private let count = Atomic<Int>(0)
    var value: Int { count.load(ordering: .acquiring) }
    func add() { count.wrappingAdd(1, ordering: .acquiringAndReleasing) }
}
