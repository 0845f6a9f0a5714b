// SPDX-License-Identifier: Apache-2.0

public import Kernel
internal import Port
internal import SystemPackage
internal import Telemetry

extension Runtime {
    /// Suspends for a time: a timer of the port, no thread waits for it.
    ///
    /// - Throws: ``OperationError/cancelled`` when the task is cancelled meanwhile.
    public func sleep(
        for duration: Duration,
        options: AwaitOptions = [],
        function: StaticString = #function,
        file: StaticString = #fileID,
        line: UInt = #line
    ) async throws(OperationError) {
        let operation = Operation(
            .sleep,
            on: nil,
            of: self,
            context: contexts.current,
            options: options,
            at: CallSite(function, file, line)
        )
        _ = try await operation.wait(deadline: Instant.now.advanced(by: duration)).value()
    }

    /// Goes through the port without any I/O, as PostQueuedCompletionStatus does.
    public func post(
        options: AwaitOptions = [],
        function: StaticString = #function,
        file: StaticString = #fileID,
        line: UInt = #line
    ) async throws(OperationError) {
        let operation = Operation(
            .post,
            on: nil,
            of: self,
            context: contexts.current,
            options: options,
            at: CallSite(function, file, line)
        )
        _ = try await operation.wait(deadline: nil).value()
    }

    /// Listens on an address; port 0 lets the kernel choose.
    public func listen(
        on address: SocketAddress,
        backlog: Int = 4096
    ) throws(OperationError) -> AsyncListener {
        do throws(Errno) {
            let descriptor = try Socket.listen(on: address, backlog: backlog)
            let actual = Socket.localAddress(descriptor.number) ?? address
            return AsyncListener(
                runtime: self,
                association: try port.associate(descriptor),
                address: actual
            )
        } catch {
            throw .system(error)
        }
    }

    /// Connects to an address; `source` is the local address to connect from, with port 0 as a rule.
    ///
    /// Throws ``OperationError/system(_:)`` with what `connect(2)` reports, or `EMFILE` where the
    /// process has no descriptor left.
    public func connect(
        to address: SocketAddress,
        from source: SocketAddress? = nil,
        timeout: Duration? = nil,
        function: StaticString = #function,
        file: StaticString = #fileID,
        line: UInt = #line
    ) async throws(OperationError) -> AsyncSocket {
        let context = contexts.current
        let association: Association
        do throws(Errno) {
            let descriptor = try Socket.make(for: address)
            if let source { try Socket.bindSource(descriptor.number, to: source) }
            try Socket.disableDelay(descriptor.number)
            association = try port.associate(descriptor, connectingTo: address)
        } catch {
            throw error == .badFileDescriptor ? .closed : .system(error)
        }
        let socket = AsyncSocket(runtime: self, association: association)
        let operation = Operation(
            .connect,
            on: association,
            of: self,
            context: context,
            at: CallSite(function, file, line)
        )
        let deadline = timeout.map { Instant.now.advanced(by: $0) }
        _ = try await operation.wait(deadline: deadline).value()
        return socket
    }
}
