// SPDX-License-Identifier: Apache-2.0

internal import AsyncRuntime
internal import Kernel
internal import SystemPackage
internal import Workload

/// The server's end of one connection, with a thread to itself: what `FanoutServer` does, waiting
/// within each call.
final class BlockingConnection: Sendable {
    private let fanout: BlockingFanout
    private let socket: Descriptor

    init(fanout: BlockingFanout, socket: consuming Descriptor) {
        self.fanout = fanout
        self.socket = socket
    }

    /// Answers requests, in order, until the peer leaves.
    func serve() {
        var parser = HTTPRequestParser()
        var requests: [HTTPRequest] = []
        do throws(Errno) {
            while true {
                requests.removeAll(keepingCapacity: true)
                let bytes = try BlockingSocket.receive(socket.number, atMost: 4096)
                if bytes.isEmpty { return }
                guard parser.fault(feeding: bytes.span, into: &requests) == nil else { return }
                for request in requests {
                    var random = SeededRandom(seed: fanout.seed, stream: request.start.stream)
                    let settings = fanout.settings
                    CurrentThread.sleep(
                        for: random.duration(around: settings.delay, spread: settings.spread)
                    )
                    work(&random, settings)
                    let answer = HTTPAnswer(to: request)
                    try BlockingSocket.send(socket.number, answer.bytes)
                    if !answer.keepAlive { return }
                }
            }
        } catch {
            // The peer left.
        }
    }

    /// Burns the processor time of a request, and blocks if it is one of the share.
    private func work(_ random: inout SeededRandom, _ settings: WorkloadSettings) {
        if settings.processorTime > .zero {
            let deadline = Instant.now.advanced(by: settings.processorTime)
            while Instant.now < deadline {}
        }
        if random.chance(ofPercent: settings.blockingPercent) {
            CurrentThread.sleep(for: settings.blockingTime)
        }
    }
}
