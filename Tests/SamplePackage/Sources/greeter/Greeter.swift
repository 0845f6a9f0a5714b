// SPDX-License-Identifier: Apache-2.0

import AsyncRuntime
import Synchronization

/// A server that greets each of its clients, and the clients: plain Swift concurrency on the sockets of
/// the installed runtime.
@main
enum Greeter {
    private static let isDone = Atomic<Bool>(false)

    nonisolated static func main() throws {
        // Before the first task: every task of the process runs on it from then on.
        let runtime = try Runtime.install()
        Task {
            do {
                print(try await greetings(runtime).joined(separator: "\n"))
            } catch {
                print("failed: \(error)")
            }
            isDone.store(true, ordering: .releasing)
        }
        runtime.runMain { isDone.load(ordering: .acquiring) }
        print("threads held: \(runtime.shutdown().count)")
    }

    private static func greetings(_ runtime: Runtime) async throws -> [String] {
        let listener = try runtime.listen(on: .loopback(port: 0))
        let names = ["Ada", "Edsger", "Grace"]
        async let served: Void = serve(listener, clients: names.count)
        let greetings = try await withThrowingTaskGroup(of: String.self) { group in
            for name in names {
                group.addTask { try await ask(runtime, listener.address, name) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        try await served
        return greetings.sorted()
    }

    private static func serve(_ listener: AsyncListener, clients: Int) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for _ in 0..<clients {
                let client = try await listener.accept()
                group.addTask {
                    let name = try await received(by: client)
                    try await client.write(Array("Hello, ".utf8) + name)
                }
            }
        }
    }

    private static func ask(
        _ runtime: Runtime,
        _ address: SocketAddress,
        _ name: String
    ) async throws -> String {
        let socket = try await runtime.connect(to: address)
        try await socket.write(Array(name.utf8))
        return String(decoding: try await received(by: socket), as: UTF8.self)
    }

    private static func received(by socket: AsyncSocket) async throws -> [UInt8] {
        try await socket.read().withBytes { bytes in bytes.indices.map { bytes[$0] } }
    }
}
