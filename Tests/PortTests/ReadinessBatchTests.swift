// SPDX-License-Identifier: Apache-2.0

import Kernel
import SystemPackage
import Telemetry
import TestSupport
import Testing

@testable import Port

/// What happens to an operation between its event and its call, while the call for the event in
/// front of it is being made.
@Suite struct ReadinessBatchTests {
    private typealias Ending = PortStage.Ending

    /// What the first descriptor's call does beside returning bytes.
    private final class Interjection: Sendable {
        private struct Body: Sendable { var run: @Sendable () -> Void = {} }

        private let body = Lock(Body())

        func set(_ run: @escaping @Sendable () -> Void) { body.withLock { $0.run = run } }

        func run() { body.withLock { $0 }.run() }
    }

    private let first: Int32 = 2_000_001
    private let second: Int32 = 2_000_002
    private let interjection = Interjection()
    private let kernel: SimulatedKernel
    private let stage: PortStage

    init() {
        let interjection = interjection
        let first = first
        kernel = SimulatedKernel { fd in
            guard fd == first else { return .error(.wouldBlock) }
            interjection.run()
            return .value(1)
        }
        stage = PortStage(.simulated(kernel))
    }

    /// Both descriptors have a read that waits; then both become ready at once, and `interject` runs
    /// inside the call of the first.
    private func ready(
        _ interject: @escaping @Sendable (CompletionPort, Association, OperationToken) -> Void
    ) throws {
        let sockets = try [first, second].map { try stage.associate(simulated: $0) }
        kernel.onRead(first, .error(.wouldBlock))
        try stage.submit(.read, sockets[0], 1)
        let token = try stage.submit(.read, sockets[1], 2)
        let port = stage.port
        interjection.set { interject(port, sockets[1], token) }
        kernel.edge(first, read: true)
        kernel.edge(second, read: true)
    }

    @Test(arguments: [false, true])
    func `one that is cancelled there ends once, with its bytes if there are any`(
        hasBytes: Bool
    ) throws {
        let lane = stage.lane
        try ready { port, _, token in _ = port.cancel(token, on: lane) }
        if hasBytes { kernel.onRead(second, .value(3)) }
        #expect(
            stage.take(2) == [
                Ending(subject: 1, outcome: .value(1)),
                Ending(subject: 2, outcome: hasBytes ? .value(3) : .cancelled),
            ]
        )
        #expect(stage.leftovers == [])
    }

    @Test func `one whose socket is closed there keeps the number until its call is over`() throws {
        let lane = stage.lane
        let kernel = kernel
        let second = second
        try ready { port, socket, _ in
            port.close(socket, on: lane)
            #expect(!kernel.closed.contains(second))
        }
        #expect(
            stage.take(2) == [
                Ending(subject: 1, outcome: .value(1)),
                Ending(subject: 2, outcome: .closed),
            ]
        )
        #expect(kernel.closed == [second])
        #expect(stage.leftovers == [])
    }

    @Test func `an edge that comes there is not lost`() throws {
        let kernel = kernel
        let second = second
        try ready { _, _, _ in
            kernel.onRead(second, .error(.wouldBlock), .value(5))
            kernel.edge(second, read: true)
        }
        #expect(
            stage.take(2) == [
                Ending(subject: 1, outcome: .value(1)),
                Ending(subject: 2, outcome: .value(5)),
            ]
        )
    }
}
