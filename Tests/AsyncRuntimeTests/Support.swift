// SPDX-License-Identifier: Apache-2.0

import AsyncRuntime
import Foundation
import Kernel
import Telemetry
import TestSupport
import Testing

/// A runtime that is not installed, as a test process has an executor already.
func withRuntime<Result: Sendable>(
    pollers: Int = 2,
    workers: Int = 2,
    placement: Placement = .worker,
    skipOnSuccess: Bool = true,
    _ body: @escaping @Sendable (Runtime) async throws -> Result
) async throws -> Result {
    var configuration = RuntimeConfiguration()
    configuration.pollers = pollers...max(pollers, 16)
    configuration.concurrency = pollers
    configuration.workers = workers...max(workers, 64)
    configuration.placement = placement
    // The number of workers is what the test asks for.
    configuration.hillClimbing = false
    configuration.skipOnSuccess = skipOnSuccess
    let runtime = try Runtime(configuration)
    let outcome: Swift.Result<Result, any Error>
    do {
        outcome = .success(
            try await Task(executorPreference: runtime.executor) { try await body(runtime) }.value
        )
    } catch {
        outcome = .failure(error)
    }
    let held = runtime.shutdown(within: .seconds(120))
    #expect(held.isEmpty, "Threads were still held at the end.")
    let snapshot = runtime.snapshot()
    #expect(snapshot.operations.balances)
    #expect(snapshot.operations.inFlight == 0)
    #expect(snapshot.machines.inFlight == 0)
    #expect(snapshot.machines.started == snapshot.machines.finished)
    #expect(snapshot.port.queued == 0)
    return try outcome.get()
}

/// A task on the runtime.
///
/// A plain `Task {}` would go to the test process's own executor: a preference is not inherited by
/// it.
@discardableResult
func spawn<Result: Sendable>(
    _ runtime: Runtime,
    _ body: @escaping @Sendable () async throws -> Result
) -> Task<Result, any Error> {
    Task(executorPreference: runtime.executor, operation: body)
}

/// Waits until a condition holds, at most fifty seconds.
func eventually(
    _ what: Comment,
    on runtime: Runtime,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () -> Bool
) async throws {
    let deadline = Instant.now.advanced(by: .seconds(50))
    while !condition() {
        guard Instant.now < deadline else {
            let machines = runtime.snapshot().machines
            Issue.record("\(what); \(machines)", sourceLocation: sourceLocation)
            return
        }
        try await runtime.sleep(for: .milliseconds(1))
    }
}

/// Does `walk` until no await of it was over before its task had suspended.
///
/// Such a one goes on where it is, whatever was asked for: rare, unless the machine is busy.
func withoutRaces<Result>(
    _ runtime: Runtime,
    _ walk: () async throws -> Result
) async rethrows -> Result {
    while true {
        let raced = runtime.snapshot().operations.raced
        let result = try await walk()
        if runtime.snapshot().operations.raced == raced { return result }
    }
}

/// A connected pair over loopback.
func connectedPair(
    _ runtime: Runtime
) async throws -> (client: AsyncSocket, server: AsyncSocket) {
    let listener = try runtime.listen(on: .loopback(port: 0))
    async let accepted = listener.accept()
    let client = try await runtime.connect(to: listener.address)
    let server = try await accepted
    listener.close()
    return (client, server)
}

extension AsyncSocket {
    /// Reads until `count` bytes have come or the stream has ended.
    func readAll(_ count: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let buffer = try await read()
            if buffer.count == 0 { break }
            buffer.withBytes { span in
                for index in span.indices { bytes.append(span[index]) }
            }
        }
        return bytes
    }
}

/// Runs a program that was built beside the tests and returns what it printed.
func run(_ program: String, _ arguments: [String] = []) throws -> (output: String, status: Int) {
    let directory = Bundle.main.bundleURL.deletingLastPathComponent()
    let candidates = [
        Bundle.main.bundleURL.appendingPathComponent(program),
        directory.appendingPathComponent(program),
        URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent(program),
    ]
    let url = try #require(
        candidates.first { FileManager.default.isExecutableFile(atPath: $0.path) },
        "\(program) was not built."
    )
    let ended = try StartedProgram(url.path, arguments).end()
    return (ended.output + ended.error, ended.status)
}
