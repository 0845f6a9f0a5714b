// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import AsyncRuntime
internal import Kernel
internal import SystemPackage

/// What the two servers have in common: options, the accept loop, and the line that says "ready".
struct ServerOptions: ParsableArguments {
    @Option(help: "The port of 127.0.0.1 to listen on; 0 for a free one.") var port: UInt16 = 0
    @Flag(help: "Accepted for uniformity: servers always print JSON.") var json = false
    @OptionGroup var pool: PoolOptions

    /// Listens, says so, and serves each connection in a task of its own until the process ends.
    func serve(_ connection: @escaping @Sendable (AsyncSocket) async -> Void) throws {
        let runtime = try Runtime.install(pool.configuration())
        let listener: AsyncListener
        do throws(OperationError) {
            listener = try runtime.listen(on: .loopback(port: port))
        } catch {
            runtime.shutdown()
            throw UsageError(listening: "127.0.0.1:\(port)", failedWith: error)
        }
        Task.detached { await ServerOptions.accept(listener, connection) }
        try StandardOutput.write(
            line: BenchReport.json([
                ("ready", .flag(true)), ("port", .count(Int(listener.address.port))),
            ])
        )
        // The process ends by a signal; nothing here has to be put in order first.
        Countdown(1).wait()
    }

    private static func accept(
        _ listener: AsyncListener,
        _ connection: @escaping @Sendable (AsyncSocket) async -> Void
    ) async {
        await withDiscardingTaskGroup { connections in
            while true {
                do throws(OperationError) {
                    let socket = try await listener.accept()
                    connections.addTask {
                        await connection(socket)
                        socket.close()
                    }
                } catch {
                    guard case .system = error else { return }
                    // Out of descriptors, most likely: wait for connections to close.
                    try? await Task.sleep(for: .milliseconds(50))
                }
            }
        }
    }
}

/// Sends back what it receives.
struct EchoServerBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "echo-server",
        abstract: "Serve echo on 127.0.0.1 until the process is ended."
    )

    @OptionGroup var options: ServerOptions

    func run() throws {
        try options.serve { socket in await EchoServerBench.echo(socket) }
    }

    private static func echo(_ socket: AsyncSocket) async {
        do throws(OperationError) {
            while true {
                let buffer = try await socket.read()
                if buffer.count == 0 { return }
                try await socket.write(buffer)
            }
        } catch {
            // The peer has gone; so does this task.
        }
    }
}

/// Answers every request head with the same thirteen bytes.
struct HTTPServerBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "http-server",
        abstract: "Serve a fixed HTTP answer on 127.0.0.1 until the process is ended."
    )

    @OptionGroup var options: ServerOptions

    func run() throws {
        try options.serve { socket in await HTTPServerBench.answer(socket) }
    }

    private static let response = Array(
        """
        HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nHello, World!
        """.utf8
    )

    private static func answer(_ socket: AsyncSocket) async {
        var heads = HeadCounter()
        do throws(OperationError) {
            while true {
                let buffer = try await socket.read()
                if buffer.count == 0 { return }
                let count = buffer.withBytes { heads.count(endingIn: $0) }
                if count == 1 {
                    try await socket.write(response)
                } else if count > 1 {
                    let all = Array(repeatElement(response, count: count).joined())
                    try await socket.write(all)
                }
            }
        } catch {
            // The peer has gone; so does this task.
        }
    }
}

/// Counts the empty lines that end request heads, across reads.
private struct HeadCounter {
    /// How much of CR LF CR LF has been seen.
    private var matched = 0

    mutating func count(endingIn bytes: Span<UInt8>) -> Int {
        var heads = 0
        for index in 0..<bytes.count {
            let byte = bytes[index]
            if byte == (matched & 1 == 0 ? 13 : 10) {
                matched += 1
                if matched == 4 {
                    heads += 1
                    matched = 0
                }
            } else {
                matched = byte == 13 ? 1 : 0
            }
        }
        return heads
    }
}
