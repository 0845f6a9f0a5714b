// SPDX-License-Identifier: Apache-2.0

internal import AsyncRuntime
internal import Telemetry

extension Scenario {
    /// Files on epoll: a worker blocks, and says so.
    package static let files = Scenario(
        name: "files",
        group: .port,
        summary: "Async file I/O on epoll: a worker blocks and says so; sockets need none.",
        whatToLookFor: """
            64 machines write a block to a file and wait until the disk has it. epoll knows \
            nothing of files, so the call is made on a worker, which blocks, says so, and is made \
            up for: workers come, for CooperativeBlocking, and the port stays empty. .NET does the \
            same on Linux. The variant `sockets` sends the same block through a socket and awaits \
            its echo: the port is busy, two workers are enough.
            """,
        suggestedKeys: [KeyHint(key: "v", effect: "sockets instead of files, and back")],
        variants: [
            Variant(name: "files", sentence: "Each write blocks a worker until the disk has it."),
            Variant(name: "sockets", sentence: "Each write and its echo go through the port."),
        ],
        defaults: .clients(64, delay: .milliseconds(5)),
        clients: .connections,
        configure: { $0.hillClimbing = false },
        caption: { snapshot, context in
            let count = "\(snapshot.workers.blocked) of \(snapshot.workers.existing) workers are"
            return context.settings.variant == 0
                ? "\(count) blocked in a file; \(snapshot.port.armed) operations are armed."
                : "\(count) blocked; \(snapshot.port.armed) operations are armed."
        },
        stage: { (context, address) throws(OperationError) in
            let listener = try context.runtime.listen(on: address ?? .loopback(port: 0))
            let route = FanoutRoute(listening: listener.address)
            let file = try context.runtime.temporaryFile()
            return Stage(
                listener: listener,
                background: [{ await EchoServer(context: context, listener: listener).accept() }],
                client: {
                    let machine = BlockWriter(
                        context: context,
                        route: route,
                        file: file,
                        number: $0
                    )
                    await machine.run()
                }
            )
        }
    )
}

/// Writes a block, again and again, to the file or through a socket.
private struct BlockWriter: Sendable {
    let context: ScenarioContext
    let route: FanoutRoute
    let file: AsyncFile
    let number: Int

    private static let block = [UInt8](repeating: UInt8(ascii: "."), count: IOBuffer.capacity)

    func run() async {
        do throws(OperationError) {
            let socket = try await context.runtime.connect(
                to: route.server,
                from: route.source(ofClient: number)
            )
            defer { socket.close() }
            while !Task.isCancelled, !context.isEnding {
                let begin = context.elapsed
                if context.settings.variant == 0 {
                    try await file.write(Self.block, at: number * Self.block.count)
                } else {
                    try await socket.write(Self.block)
                    var rest = Self.block.count
                    while rest > 0 {
                        let buffer = try await socket.read()
                        if buffer.count == 0 { return }
                        rest -= buffer.count
                    }
                }
                context.ledger.complete(after: context.elapsed - begin, hint: number)
                let pause = context.settings.delay.delay
                try await context.runtime.sleep(for: max(pause, .milliseconds(1)))
            }
        } catch {
            context.note(error)
        }
    }
}
