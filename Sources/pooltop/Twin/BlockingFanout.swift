// SPDX-License-Identifier: Apache-2.0

internal import AsyncRuntime
internal import Kernel
internal import Telemetry
internal import Workload

/// The scenario `fanout` without a port, a pool or async code: a thread at either end of each
/// connection, which waits within its calls.
///
/// Requests, answers, delays and pauses come from the same code and the same seed as those of the
/// asynchronous twin; only what waits is written anew. Threads have the system's usual stack; what
/// they have not touched of it takes no memory.
///
/// It has no end of its own: its process is killed.
final class BlockingFanout: Sendable {
    let settings: WorkloadSettings
    let seed: UInt64
    let ledger = RequestLedger()
    private let sampling = SampledRequests()
    private let begin = Instant.now
    private let listener: Descriptor
    let route: FanoutRoute
    private let threads = DetachedThreads()

    /// Opens the server's socket.
    init(settings: WorkloadSettings, seed: UInt64) throws {
        _ = ProcessStatus.raiseDescriptorLimit()
        listener = try BlockingSocket.listen(on: .loopback(port: 0), backlog: 4096)
        guard let address = Socket.localAddress(listener.number) else {
            throw UsageError("The blocking twin's server has no address.")
        }
        route = FanoutRoute(listening: address)
        self.settings = settings
        self.seed = seed
    }

    /// Time since the run began.
    var elapsed: Duration { Instant.now.duration(since: begin) }

    /// Creates the server's thread and those of all clients.
    func start() {
        threads.begin("server", self.serveAll)
        for number in 0..<settings.clients {
            let client = BlockingClient(fanout: self, number: number)
            guard threads.begin("client-\(number)", client.connect) else { break }
        }
    }

    /// Accepts connections and gives each a thread.
    private func serveAll() {
        var number = 0
        while true {
            guard let socket = try? BlockingSocket.accept(listener.number) else {
                // For want of descriptors, say; at once it would fail again.
                CurrentThread.sleep(for: .milliseconds(100))
                continue
            }
            number += 1
            let connection = BlockingConnection(fanout: self, socket: socket)
            threads.begin("server-\(number)") { connection.serve() }
        }
    }

    /// The picture of this moment; request figures are of the whole run.
    func snapshot() -> RuntimeSnapshot {
        var snapshot = RuntimeSnapshot()
        snapshot.seed = seed
        snapshot.elapsedSeconds = elapsed / .seconds(1)
        snapshot.engine = "blocking calls"
        snapshot.placement = "own thread"
        snapshot.requests = sampling.sample(ledger, at: elapsed, over: .wholeRun)
        let used = ProcessStatus.processorTime
        snapshot.process.threads = ProcessStatus.threadCount
        snapshot.process.residentBytes = ProcessStatus.residentBytes
        snapshot.process.processorMicroseconds = Int(used.nanosecondsClamped / 1000)
        snapshot.process.contextSwitches = ProcessStatus.contextSwitches
        snapshot.process.cpuPercent = used / elapsed * 100
        if let refusal = threads.refusal {
            snapshot.diagnoses = [
                "After \(threads.count) threads no more could be created (\(refusal)); "
                    + "lower the clients."
            ]
        }
        var detail = RuntimeSnapshot.Detail()
        detail.address = route.server.description
        snapshot.detail = detail
        return snapshot
    }
}
