// SPDX-License-Identifier: Apache-2.0

internal import AsyncRuntime

/// A keep-alive client of `fanout`: connects, asks, checks the answer, thinks, asks again.
struct FanoutClient: Sendable {
    let context: ScenarioContext
    let route: FanoutRoute
    let number: Int

    /// Wait after a connection that failed, so that a client without a server does not spin.
    private static let pauseAfterFailure = Duration.milliseconds(250)

    /// One client's life, until its task is cancelled.
    func connect() async {
        var random = SeededRandom(seed: context.seed, stream: UInt64(number))
        var pace = RequestPace(client: number, random: random)
        var sequence = 0
        while !Task.isCancelled {
            do throws(OperationError) {
                let socket = try await context.runtime.connect(
                    to: route.server,
                    from: route.source(ofClient: number)
                )
                defer { socket.close() }
                var isUsable = true
                while isUsable, !Task.isCancelled {
                    let due = try await think(&pace)
                    sequence += 1
                    isUsable = try await fetch(sequence, on: socket, due: due)
                    if isUsable, random.chance(ofPercent: context.settings.resetPercent) {
                        socket.reset()
                        isUsable = false
                    }
                }
            } catch {
                context.note(error)
                route.avoidBusyAddress(after: error)
                guard error != .closed, await pause() else { return }
            }
        }
    }

    /// Waits after a failure; returns false where waiting is no longer possible.
    private func pause() async -> Bool {
        do {
            try await context.runtime.sleep(for: FanoutClient.pauseAfterFailure)
            return true
        } catch {
            return false
        }
    }

    /// Waits until the next request is to be sent, and returns when it fell due.
    private func think(_ pace: inout RequestPace) async throws(OperationError) -> Duration {
        while true {
            let settings = context.settings
            let step = pace.next(
                now: context.elapsed,
                rate: settings.ratePerSecond,
                clients: settings.clients,
                think: settings.think
            )
            switch step {
            case .wait(let time): try await context.runtime.sleep(for: time)
            case .send(let due): return due
            }
        }
    }

    /// Sends one request and reads its answer; returns whether the connection can be used again.
    private func fetch(
        _ sequence: Int,
        on socket: AsyncSocket,
        due: Duration
    ) async throws(OperationError) -> Bool {
        let target = "/\(number)/\(sequence)"
        let head = "GET \(target) HTTP/1.1\r\nHost: \(route.server)\r\n\r\n"
        var parser = HTTPResponseParser()
        var responses: [HTTPResponse] = []
        var isWellFormed = true
        do throws(OperationError) {
            try await socket.write(Array(head.utf8))
            while responses.isEmpty, isWellFormed {
                let buffer = try await socket.read()
                if buffer.count == 0 { break }
                isWellFormed = buffer.withBytes { bytes in
                    (try? parser.feed(bytes, into: &responses)) != nil
                }
            }
        } catch {
            // A client that is told to leave has not failed.
            if error != .cancelled { context.ledger.fail() }
            throw error
        }
        guard let response = responses.first else {
            context.ledger.fail()
            return false
        }
        guard response.start.status == 200, isWellFormed, responses.count == 1,
            response.body.elementsEqual(HTTPAnswer.body(for: target).utf8)
        else {
            context.note(.wrongBody)
            context.ledger.fail()
            return false
        }
        context.ledger.complete(after: context.elapsed - due, hint: number)
        context.threads.note(context.runtime)
        return response.keepAlive
    }
}
