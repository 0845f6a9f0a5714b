// SPDX-License-Identifier: Apache-2.0

internal import AsyncRuntime

/// The HTTP/1.1 server of `fanout`: one state machine that accepts, one for each connection.
///
/// It is ordinary async code. A sleep stands for the downstream call that a real server would make;
/// the rest is real: sockets, parsing, and the processor time and blocking that are asked for.
struct FanoutServer: Sendable {
    let context: ScenarioContext
    let listener: AsyncListener
    /// How requests wait for the downstream call.
    let call: DownstreamCall

    /// Wait after an accept that failed, for instance for want of descriptors: trying again at once
    /// would fail again, and spin.
    private static let pauseAfterFailure = Duration.milliseconds(100)

    /// Accepts connections until the listener closes or the task is cancelled.
    func accept() async {
        await withDiscardingTaskGroup { connections in
            while !Task.isCancelled {
                do throws(OperationError) {
                    let socket = try await listener.accept()
                    connections.addTask { await serve(socket) }
                } catch {
                    context.note(error)
                    guard error != .closed, await pause() else { break }
                }
            }
            connections.cancelAll()
        }
    }

    /// Answers one connection's requests, in order, until the peer leaves.
    func serve(_ socket: AsyncSocket) async {
        defer { socket.close() }
        var parser = HTTPRequestParser()
        var requests: [HTTPRequest] = []
        do throws(OperationError) {
            while true {
                var fault: HTTPParseError?
                requests.removeAll(keepingCapacity: true)
                do {
                    // The buffer goes back to its pool here, before the long waits below.
                    let buffer = try await socket.read()
                    if buffer.count == 0 { return }
                    fault = buffer.withBytes { parser.fault(feeding: $0, into: &requests) }
                }
                for request in requests {
                    var random = SeededRandom(seed: context.seed, stream: request.start.stream)
                    let (delay, spread) = context.settings.delay
                    let downstream = random.duration(around: delay, spread: spread)
                    if downstream > .zero {
                        try await call.perform(taking: downstream, for: request, in: context)
                    }
                    work(&random)
                    let answer = HTTPAnswer(to: request)
                    try await socket.write(answer.bytes)
                    if !answer.keepAlive { return try await linger(socket) }
                }
                if let fault {
                    try await socket.write(HTTPAnswer(to: fault).bytes)
                    return try await linger(socket)
                }
            }
        } catch {
            // The peer left or the scenario ends; the operation's outcome is in the books.
        }
    }

    /// Waits after a failure; returns false where waiting is no longer possible.
    private func pause() async -> Bool {
        do {
            try await context.runtime.sleep(for: FanoutServer.pauseAfterFailure)
            return true
        } catch {
            return false
        }
    }

    /// Burns the processor time of a request, and blocks its thread if it is one of the share.
    private func work(_ random: inout SeededRandom) {
        let processorTime = context.settings.processorTime
        if processorTime > .zero { context.runtime.burn(for: processorTime) }
        let (percent, time) = context.settings.blockingShare
        if random.chance(ofPercent: percent) { context.runtime.block(for: time) }
    }

    /// Half-closes and reads what still comes.
    ///
    /// Closing with unread bytes would reset the connection, and the peer would lose the answer.
    private func linger(_ socket: AsyncSocket) async throws(OperationError) {
        try socket.shutdownWrite()
        for _ in 0..<64 {
            let buffer = try await socket.read(timeout: .seconds(1))
            if buffer.count == 0 { return }
        }
    }
}

extension HTTPRequestParser {
    /// Feeds `bytes` and returns what was wrong with them, if anything.
    package mutating func fault(
        feeding bytes: Span<UInt8>,
        into requests: inout [HTTPRequest]
    ) -> HTTPParseError? {
        do {
            try feed(bytes, into: &requests)
            return nil
        } catch {
            return error
        }
    }
}

extension HTTPRequestLine {
    /// The number of the stream of choices that belongs to this request (FNV-1a of its target):
    /// the same request of the same run is always treated alike, whichever connection carries it.
    package var stream: UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in target.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return hash
    }
}
