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
        let deadline = Instant.now.advanced(by: duration)
        let call = CallSite(function, file, line)
        let begun = begin(.sleep, deadline: deadline, options: options, at: call)
        _ = try await Uncounted(self).completion(of: begun, on: nil).value()
    }

    /// Goes through the port without any I/O, as PostQueuedCompletionStatus does.
    public func post(
        options: AwaitOptions = [],
        function: StaticString = #function,
        file: StaticString = #fileID,
        line: UInt = #line
    ) async throws(OperationError) {
        let call = CallSite(function, file, line)
        let begun = begin(.post, deadline: nil, options: options, at: call)
        _ = try await Uncounted(self).completion(of: begun, on: nil).value()
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
        let deadline = timeout.map { Instant.now.advanced(by: $0) }
        let call = CallSite(function, file, line)
        let begun = begin(.connect, on: association, deadline: deadline, at: call)
        _ = try await Uncounted(self).completion(of: begun, on: association).value()
        return socket
    }

    /// Begins an operation whose call is left to the port.
    @inline(never)
    private func begin(
        _ kind: OperationKind,
        on association: Association? = nil,
        deadline: Instant?,
        options: AwaitOptions = [],
        at call: CallSite
    ) -> Operation.Begun {
        contexts.withCurrent { context in
            Operation(kind, of: self, context: context, options: options, at: call)
                .begin(
                    .submitted,
                    on: association,
                    of: self,
                    deadline: deadline,
                    lane: context.lane
                )
        }
    }
}
