import AsyncRuntime
import Telemetry
import Kernel
import Port

nonisolated func go() {
    do {
        let runtime = try Runtime.install()
        Task {
            do {
                let listener = try runtime.listen(on: .loopback(port: 0))
                print("listening \(listener.address)")
                let server = Task {
                    while true {
                        let s = try await listener.accept()
                        Task {
                            do { while true {
                                let b = try await s.read()
                                if b.count == 0 { break }
                                try await runtime.sleep(for: .milliseconds(5))
                                try await s.write(b)
                            } } catch { print("server", error) }
                        }
                    }
                }
                for c in 0..<50 {
                    Task {
                        do {
                            let s = try await runtime.connect(to: listener.address)
                            for i in 0..<100 {
                                try await s.write([UInt8]("hello \(c) \(i)".utf8))
                                let b = try await s.read()
                                _ = b.count
                            }
                        } catch { print("client", c, error) }
                    }
                }
                try await Task.sleep(for: .seconds(1))
                for _ in 0..<10 { await Task.yield() }
                await withTaskGroup(of: Int.self) { g in for i in 0..<20 { g.addTask { try? await Task.sleep(for: .milliseconds(i)); return i } }; for await x in g { _ = x } }
                print(runtime.snapshot())
                _ = server
                print(ProcessStatus.threadNames)
                done.store(true, ordering: .relaxed)
            } catch { print(error) }
        }
        runtime.runMain { done.load(ordering: .relaxed) }
        print("held", runtime.shutdown())
        let s = runtime.sampler.sample()
        print(s.operations, s.operations.balances, s.machines, ProcessStatus.threadNames)
    } catch { print(error) }
}
import Synchronization
let done = Atomic<Bool>(false)
go()
