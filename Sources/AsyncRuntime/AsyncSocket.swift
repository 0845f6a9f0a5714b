// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Port
internal import Synchronization
internal import SystemPackage
internal import Telemetry

/// A connected TCP socket whose reads and writes are awaited.
///
/// Reads and writes queue up, each direction in its own order: the bytes of one write never get
/// between those of another. The socket is closed with its last reference.
public final class AsyncSocket: Sendable {
    private let runtime: Runtime
    private let association: Association

    init(runtime: Runtime, association: Association) {
        self.runtime = runtime
        self.association = association
    }

    deinit {
        close()
    }

    /// The descriptor's number, for display.
    public var descriptor: Int { Int(association.descriptor) }

    /// Receives what there is, at most ``IOBuffer/capacity`` bytes; none at the end of the stream.
    ///
    /// The buffer is taken when there is something to receive, not while the read waits.
    public func read(
        timeout: Duration? = nil,
        function: StaticString = #function,
        file: StaticString = #fileID,
        line: UInt = #line
    ) async throws(OperationError) -> IOBuffer {
        let context = runtime.contexts.current
        let lane = context.lane
        let operation = Operation(
            .read,
            on: association,
            of: runtime,
            context: context,
            at: CallSite(function, file, line)
        )
        let port = runtime.port
        let atOnce = port.tryNow(association, .read, lane: lane) { descriptor in
            let (buffer, outcome, drained) = port.receive(descriptor, lane: lane)
            return (outcome.map { ($0, buffer) }, drained)
        }
        if let (outcome, buffer) = atOnce {
            guard case .value = outcome, !port.skipOnSuccess.load(ordering: .relaxed) else {
                operation.finishedAtOnce(outcome, lane: lane)
                return try received(Completion(outcome: outcome, buffer: buffer))
            }
            return try received(
                try await operation.wait(deadline: nil, start: .done(outcome, buffer: buffer))
            )
        }
        let deadline = timeout.map { Instant.now.advanced(by: $0) }
        return try received(try await operation.wait(deadline: deadline))
    }

    private func received(_ completion: Completion) throws(OperationError) -> IOBuffer {
        let count = try completion.value()
        return IOBuffer(pool: runtime.port.buffers, number: completion.buffer, count: count)
    }

    /// Sends all bytes.
    public func write(
        _ bytes: [UInt8],
        timeout: Duration? = nil,
        function: StaticString = #function,
        file: StaticString = #fileID,
        line: UInt = #line
    ) async throws(OperationError) {
        let context = runtime.contexts.current
        let operation = writeOperation(context, CallSite(function, file, line))
        let sent = unsafe bytes.withUnsafeBytes { raw in
            unsafe send(raw, context.lane)
        }
        switch sent {
        case .over(let outcome):
            try await finish(operation, outcome, lane: context.lane)
        case .partly(let count, let start):
            // What is left has to stay in one place while the operation is pending; an array's
            // bytes have a place only inside a closure.
            let rest = RestOfWrite(bytes[count...])
            let deadline = timeout.map { Instant.now.advanced(by: $0) }
            let completion = try await operation.wait(deadline: deadline, start: start) {
                unsafe runtime.port.setBytes(rest.address, count: rest.count, of: $0)
            }
            withExtendedLifetime(rest) {}
            _ = try completion.value()
        }
    }

    /// Sends all bytes of a buffer, without copying.
    public func write(
        _ buffer: consuming IOBuffer,
        timeout: Duration? = nil,
        function: StaticString = #function,
        file: StaticString = #fileID,
        line: UInt = #line
    ) async throws(OperationError) {
        let context = runtime.contexts.current
        let operation = writeOperation(context, CallSite(function, file, line))
        let sent = unsafe buffer.withAddress { address, count in
            unsafe send(UnsafeRawBufferPointer(start: address, count: count), context.lane)
        }
        switch sent ?? .over(.value(0)) {
        case .over(let outcome):
            try await finish(operation, outcome, lane: context.lane)
        case .partly(let count, let start):
            let deadline = timeout.map { Instant.now.advanced(by: $0) }
            let completion = try await operation.wait(deadline: deadline, start: start) {
                reference in
                _ = unsafe buffer.withAddress { address, total in
                    unsafe runtime.port.setBytes(
                        address + count,
                        count: total - count,
                        of: reference
                    )
                }
            }
            _ = try completion.value()
        }
        _ = consume buffer
    }

    private func writeOperation(_ context: ThreadContext, _ call: CallSite) -> Operation {
        Operation(.write, on: association, of: runtime, context: context, at: call)
    }

    /// What a first attempt to send did.
    private enum Sent {
        case over(OperationOutcome)
        /// So many bytes are gone; the rest has to wait.
        case partly(Int, Operation.Start)
    }

    /// Sends what the socket takes now, unless other writes wait.
    ///
    /// Where it does not take all, the try stays open for the rest.
    private func send(_ bytes: UnsafeRawBufferPointer, _ lane: ThreadLane) -> Sent {
        guard let base = bytes.baseAddress, bytes.count > 0 else { return .over(.value(0)) }
        let port = runtime.port
        guard let descriptor = port.openTry(association, .write) else {
            return .partly(0, .submitted)
        }
        var sent = 0
        let outcome = unsafe port.send(descriptor, base, count: bytes.count, sent: &sent)
        guard let outcome else { return .partly(sent, .restOfTry) }
        port.closeTry(association, .write, .completed(drained: false), lane: lane)
        return .over(outcome)
    }

    private func finish(
        _ operation: Operation,
        _ outcome: OperationOutcome,
        lane: ThreadLane
    ) async throws(OperationError) {
        if case .value = outcome, !runtime.port.skipOnSuccess.load(ordering: .relaxed) {
            let start = Operation.Start.done(outcome, buffer: 0)
            _ = try await operation.wait(deadline: nil, start: start).value()
            return
        }
        operation.finishedAtOnce(outcome, lane: lane)
        _ = try Completion(outcome: outcome, buffer: 0).value()
    }

    /// Ends the writing side: the peer reads the end of the stream, this side may go on reading.
    public func shutdownWrite() throws(OperationError) {
        do throws(Errno) {
            try runtime.port.withDescriptor(association) { descriptor throws(Errno) in
                try Socket.shutdownWrite(descriptor)
            }
        } catch {
            throw error == .badFileDescriptor ? .closed : .system(error)
        }
    }

    /// Closes the socket; what is pending on it throws ``OperationError/closed``.
    public func close() {
        runtime.port.close(association, on: runtime.contexts.current.lane)
    }

    /// Closes the socket with a reset: the peer's next call fails with `ECONNRESET`.
    public func reset() {
        do throws(Errno) {
            try runtime.port.withDescriptor(association) { descriptor throws(Errno) in
                try Socket.resetOnClose(descriptor)
            }
        } catch {
            // Closed already: there is nothing left to reset.
        }
        close()
    }
}

/// Bytes of a write that wait for room in the socket's buffer, in a place of their own.
// INVARIANT: the memory is written in init, read by the performer of the one operation, and freed
// when the awaiting function lets go of this object, after the operation has completed.
@safe private final class RestOfWrite: @unchecked Sendable {
    let address: UnsafeRawPointer
    let count: Int

    init(_ bytes: ArraySlice<UInt8>) {
        count = bytes.count
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
        unsafe memory.copyBytes(from: bytes)
        unsafe address = UnsafeRawPointer(
            memory.baseAddress ?? UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1)
        )
    }

    deinit {
        unsafe address.deallocate()
    }
}
