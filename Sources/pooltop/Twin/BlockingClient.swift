// SPDX-License-Identifier: Apache-2.0

internal import AsyncRuntime
internal import Kernel
internal import SystemPackage
internal import Workload

/// A client with a thread to itself: what `FanoutClient` does, waiting within each call.
struct BlockingClient: Sendable {
    let fanout: BlockingFanout
    let number: Int

    private static let pauseAfterFailure = Duration.milliseconds(250)

    /// One client's life.
    func connect() {
        let settings = fanout.settings
        var random = SeededRandom(seed: fanout.seed, stream: UInt64(number))
        var pace = RequestPace(client: number, random: random)
        var sequence = 0
        while true {
            do throws(Errno) {
                let socket = try BlockingSocket.connect(
                    to: fanout.route.server,
                    from: fanout.route.source(ofClient: number)
                )
                var isUsable = true
                while isUsable {
                    let due = think(&pace, settings)
                    sequence += 1
                    isUsable = try fetch(sequence, on: socket.number, due: due)
                    if isUsable, random.chance(ofPercent: settings.resetPercent) {
                        try Socket.resetOnClose(socket.number)
                        isUsable = false
                    }
                }
            } catch {
                CurrentThread.sleep(for: Self.pauseAfterFailure)
            }
        }
    }

    /// Waits until the next request is to be sent, and returns when it fell due.
    private func think(_ pace: inout RequestPace, _ settings: WorkloadSettings) -> Duration {
        while true {
            let step = pace.next(
                now: fanout.elapsed,
                rate: settings.ratePerSecond,
                clients: settings.clients,
                think: (settings.thinkTime, settings.thinkSpread)
            )
            switch step {
            case .wait(let time): CurrentThread.sleep(for: time)
            case .send(let due): return due
            }
        }
    }

    /// Sends one request and reads its answer; returns whether the connection can be used again.
    private func fetch(_ sequence: Int, on fd: Int32, due: Duration) throws(Errno) -> Bool {
        let target = "/\(number)/\(sequence)"
        let head = "GET \(target) HTTP/1.1\r\nHost: \(fanout.route.server)\r\n\r\n"
        var parser = HTTPResponseParser()
        var responses: [HTTPResponse] = []
        var isWellFormed = true
        do throws(Errno) {
            try BlockingSocket.send(fd, Array(head.utf8))
            while responses.isEmpty, isWellFormed {
                let bytes = try BlockingSocket.receive(fd, atMost: 4096)
                if bytes.isEmpty { break }
                isWellFormed = (try? parser.feed(bytes.span, into: &responses)) != nil
            }
        } catch {
            fanout.ledger.fail()
            throw error
        }
        guard let response = responses.first, response.start.status == 200, isWellFormed,
            responses.count == 1,
            response.body.elementsEqual(HTTPAnswer.body(for: target).utf8)
        else {
            fanout.ledger.fail()
            return false
        }
        fanout.ledger.complete(after: fanout.elapsed - due, hint: number)
        return response.keepAlive
    }
}
