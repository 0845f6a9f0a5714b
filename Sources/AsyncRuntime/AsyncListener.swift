// SPDX-License-Identifier: Apache-2.0

public import Kernel
internal import Port
internal import Synchronization
internal import SystemPackage
internal import Telemetry

/// A listening socket whose connections are awaited.
public final class AsyncListener: Sendable {
    /// Where it listens; the port is the real one.
    public let address: SocketAddress
    private let runtime: Runtime
    private let association: Association

    /// How long to wait for a descriptor to become free before trying again.
    private static let exhaustedPause = Duration.milliseconds(20)

    init(runtime: Runtime, association: Association, address: SocketAddress) {
        self.runtime = runtime
        self.association = association
        self.address = address
    }

    deinit {
        close()
    }

    /// Waits for a connection.
    ///
    /// Where the process has no descriptor left (`EMFILE`, `ENFILE`) it pauses and tries again: the
    /// connection waits in the backlog meanwhile, and nothing spins.
    public func accept(
        timeout: Duration? = nil,
        function: StaticString = #function,
        file: StaticString = #fileID,
        line: UInt = #line
    ) async throws(OperationError) -> AsyncSocket {
        let deadline = timeout.map { Instant.now.advanced(by: $0) }
        while true {
            do throws(OperationError) {
                let number = try await acceptOnce(deadline, function, file, line)
                return try makeSocket(number)
            } catch .system(let error)
                where error == .tooManyOpenFiles
                || error == .tooManyOpenFilesInSystem
            {
                runtime.noteDescriptorsExhausted()
                try await runtime.sleep(
                    for: AsyncListener.exhaustedPause,
                    function: function,
                    file: file,
                    line: line
                )
            }
        }
    }

    private func acceptOnce(
        _ deadline: Instant?,
        _ function: StaticString,
        _ file: StaticString,
        _ line: UInt
    ) async throws(OperationError) -> Int32 {
        let begun = beginAccept(deadline, CallSite(function, file, line))
        let completion = try await Uncounted(runtime).completion(of: begun, on: association)
        return Int32(try completion.value())
    }

    @inline(never)
    private func beginAccept(_ deadline: Instant?, _ call: CallSite) -> Operation.Begun {
        runtime.onThisThread { context, port in
            let operation = Operation(.accept, of: runtime, context: context, at: call)
            let lane = context.lane
            let atOnce = port.tryNow(association, .read, lane: lane) { descriptor in
                (port.acceptOne(descriptor), false)
            }
            if let atOnce {
                return operation.finish(atOnce, on: association, of: runtime, lane: lane)
            }
            return operation.begin(
                .submitted,
                on: association,
                of: runtime,
                deadline: deadline,
                lane: lane
            )
        }
    }

    private func makeSocket(_ number: Int32) throws(OperationError) -> AsyncSocket {
        do throws(Errno) {
            let descriptor = Descriptor(taking: number)
            try Socket.disableDelay(number)
            return AsyncSocket(
                runtime: runtime,
                association: try runtime.port.associate(descriptor)
            )
        } catch {
            throw error == .badFileDescriptor ? .closed : .system(error)
        }
    }

    /// Closes it; a pending ``accept(timeout:function:file:line:)`` throws
    /// ``OperationError/closed``.
    public func close() {
        runtime.port.close(association, on: runtime.contexts.current.lane)
    }
}
