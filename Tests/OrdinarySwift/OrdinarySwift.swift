// SPDX-License-Identifier: Apache-2.0

import AsyncRuntime
import Kernel
import Port
import Synchronization
import Telemetry

/// Plain Swift concurrency, and a look at which threads it ran on.
@main
enum OrdinarySwift {
    private static let isDone = Atomic<Bool>(false)
    private static let strangers = Lock<Set<String>>([])

    nonisolated static func main() {
        do {
            let runtime = try Runtime.install()
            do {
                _ = try Runtime.install()
                print("second install: accepted")
            } catch {
                print("second install: refused")
            }
            Task {
                await report()
                isDone.store(true, ordering: .releasing)
            }
            runtime.runMain { isDone.load(ordering: .acquiring) }
            print("held world: \(heldWorld(runtime))")
            let snapshot = runtime.snapshot()
            print("balances: \(snapshot.operations.balances)")
            print("threads: \(ProcessStatus.threadNames.joined(separator: " "))")
            print("held: \(runtime.shutdown(within: .seconds(30)).count)")
            print("threads left: \(Set(ProcessStatus.threadNames).sorted().joined(separator: " "))")
            let end = runtime.snapshot()
            print("machines left: \(end.machines.inFlight)")
            print("operations left: \(end.operations.inFlight)")
        } catch {
            print("failed: \(error)")
        }
    }

    /// Pauses the world with a hop at the gate; says what its clock does, and a timer that is due.
    private static func heldWorld(_ runtime: Runtime) -> String {
        runtime.observe { _ in }
        defer { runtime.observe(nil) }
        let hasSlept = Atomic<Bool>(false)
        do {
            try runtime.apply(.setWorldPaused(true))
            defer { _ = try? runtime.apply(.setWorldPaused(false)) }
            Task {
                try? await Task.sleep(for: .microseconds(1))
                hasSlept.store(true, ordering: .releasing)
            }
            let limit = WorldClock.realNanoseconds + 10_000_000_000
            while runtime.snapshot().detail?.tempo.heldCount == 0 {
                guard WorldClock.realNanoseconds < limit else { return "no hop is held" }
            }
            let start = (world: Instant.now, real: WorldClock.realNanoseconds)
            while WorldClock.realNanoseconds < start.real + 20_000_000 {}
            guard Instant.now == start.world else { return "its clock goes on" }
            guard !hasSlept.load(ordering: .acquiring) else { return "its timer was due" }
        } catch {
            return "\(error)"
        }
        while !hasSlept.load(ordering: .acquiring) { CurrentThread.yieldProcessor() }
        return "stands"
    }

    private static func report() async {
        print("group: \(await group())")
        async let left = half(20)
        async let right = half(22)
        print("async let: \(await left + right)")
        print("actor: \(await count())")
        print("stream: \(await stream())")
        print("sleep: \(await sleep())")
        print("cancelled sleep: \(await cancelledSleep())")
        print("main actor: \(await onMainActor())")
        print("sockets: \(await sockets())")
        print("strangers: \(strangers.withLock { $0.sorted().joined(separator: " ") })")
    }

    /// Notes the thread that this code runs on, if it is not one of the runtime's.
    private static func look() {
        let name = CurrentThread.name
        if !name.hasPrefix("worker-") { _ = strangers.withLock { $0.insert(name) } }
    }

    private static func group() async -> Int {
        await withTaskGroup(of: Int.self) { group in
            for number in 1...100 {
                group.addTask {
                    await Task.yield()
                    look()
                    return number
                }
            }
            return await group.reduce(0, +)
        }
    }

    private static func half(_ value: Int) async -> Int {
        await Task.yield()
        look()
        return value / 2
    }

    private actor Tally {
        private var sum = 0

        func add(_ value: Int) {
            look()
            sum += value
        }

        var total: Int { sum }
    }

    private static func count() async -> Int {
        let tally = Tally()
        await withTaskGroup(of: Void.self) { group in
            for number in 1...100 { group.addTask { await tally.add(number) } }
        }
        return await tally.total
    }

    private static func stream() async -> Int {
        let (stream, continuation) = AsyncStream<Int>.makeStream()
        Task {
            for number in 1...10 {
                continuation.yield(number)
                await Task.yield()
            }
            continuation.finish()
        }
        var sum = 0
        for await number in stream {
            look()
            sum += number
        }
        return sum
    }

    private static func sleep() async -> Bool {
        let before = Instant.now
        try? await Task.sleep(for: .milliseconds(20))
        look()
        return Instant.now.duration(since: before) >= .milliseconds(20)
    }

    private static func cancelledSleep() async -> Bool {
        let task = Task {
            do {
                try await Task.sleep(for: .seconds(60))
                return false
            } catch {
                return true
            }
        }
        task.cancel()
        return await task.value
    }

    /// Opens and closes connections; says how many, and how many descriptors were not given back.
    private static func sockets() async -> String {
        let runtime = Runtime.current
        let before = ProcessStatus.openDescriptors
        var count = 0
        do {
            let listener = try runtime.listen(on: .loopback(port: 0))
            for _ in 0..<50 {
                async let accepted = listener.accept()
                let client = try await runtime.connect(to: listener.address)
                let server = try await accepted
                try await client.write([1])
                count += try await server.read().count
                look()
            }
        } catch {
            return "\(error)"
        }
        return "\(count), descriptors kept: \(ProcessStatus.openDescriptors - before)"
    }

    @MainActor
    private static func onMainActor() async -> String {
        do {
            // An operation brings the task back to its actor, and its thread.
            try await Runtime.current.sleep(for: .milliseconds(1))
        } catch {
            return "\(error)"
        }
        return CurrentThread.isMain ? "main thread" : CurrentThread.name
    }
}
