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
        let begun = beginRead(timeout, CallSite(function, file, line))
        let completion = try await Uncounted(runtime).completion(of: begun, on: association)
        let count = try completion.value()
        return IOBuffer(pool: runtime.port.buffers, number: completion.buffer, count: count)
    }

    /// Tries to receive, unless the last call left nothing behind.
    @inline(never)
    private func beginRead(_ timeout: Duration?, _ call: CallSite) -> Operation.Begun {
        runtime.onThisThread { context, port in
            let operation = Operation(.read, of: runtime, context: context, at: call)
            let lane = context.lane
            if let descriptor = port.openTry(association, .read) {
                let (buffer, outcome, drained) = port.receive(descriptor, lane: lane)
                port.closeTry(
                    association,
                    .read,
                    outcome == nil ? .wouldBlock : .completed(drained: drained),
                    lane: lane
                )
                if let outcome {
                    return operation.finish(
                        outcome,
                        buffer: buffer,
                        on: association,
                        of: runtime,
                        lane: lane
                    )
                }
            }
            return operation.begin(
                .submitted,
                on: association,
                of: runtime,
                deadline: timeout.map { Instant.now.advanced(by: $0) },
                lane: lane
            )
        }
    }

    /// Sends all bytes.
    public func write(
        _ bytes: [UInt8],
        timeout: Duration? = nil,
        function: StaticString = #function,
        file: StaticString = #fileID,
        line: UInt = #line
    ) async throws(OperationError) {
        let call = CallSite(function, file, line)
        var rest: RestOfWrite?
        let begun = unsafe bytes.withUnsafeBytes { raw in
            // What is left has to stay in one place while the operation is pending; an array's
            // bytes have a place only inside a closure.
            unsafe beginWrite(raw, timeout, call) { left in
                let copy = unsafe RestOfWrite(left)
                rest = copy
                return unsafe copy.bytes
            }
        }
        let completion = try await Uncounted(runtime).completion(of: begun, on: association)
        withExtendedLifetime(rest) {}
        _ = try completion.value()
    }

    /// Sends all bytes of a buffer, without copying.
    public func write(
        _ buffer: consuming IOBuffer,
        timeout: Duration? = nil,
        function: StaticString = #function,
        file: StaticString = #fileID,
        line: UInt = #line
    ) async throws(OperationError) {
        let call = CallSite(function, file, line)
        let begun = unsafe buffer.withRawBytes { bytes in
            unsafe beginWrite(bytes, timeout, call) { left in unsafe left }
        }
        let completion = try await Uncounted(runtime).completion(of: begun, on: association)
        buffer.giveBack(on: runtime.contexts)
        _ = try completion.value()
    }

    /// Sends what the socket takes now, unless other writes wait.
    ///
    /// Where it does not take all, the try stays open for the rest, which `keep` puts where it may
    /// stay until it is sent.
    @inline(never)
    private func beginWrite(
        _ bytes: UnsafeRawBufferPointer,
        _ timeout: Duration?,
        _ call: CallSite,
        keep: (UnsafeRawBufferPointer) -> UnsafeRawBufferPointer
    ) -> Operation.Begun {
        runtime.onThisThread { context, port in
            let operation = Operation(.write, of: runtime, context: context, at: call)
            let lane = context.lane
            guard let base = bytes.baseAddress, bytes.count > 0 else {
                return operation.finish(.value(0), on: association, of: runtime, lane: lane)
            }
            var sent = 0
            var start = Operation.Start.submitted
            if let descriptor = port.openTry(association, .write) {
                let outcome = unsafe port.send(descriptor, base, count: bytes.count, sent: &sent)
                if let outcome {
                    port.closeTry(association, .write, .completed(drained: false), lane: lane)
                    return operation.finish(outcome, on: association, of: runtime, lane: lane)
                }
                start = .restOfTry
            }
            let begun = operation.begin(
                start,
                on: association,
                of: runtime,
                deadline: timeout.map { Instant.now.advanced(by: $0) },
                lane: lane
            )
            if case .pending(let reference, _) = begun {
                let rest = unsafe keep(UnsafeRawBufferPointer(rebasing: bytes[sent...]))
                if let base = rest.baseAddress {
                    unsafe port.setBytes(base, count: rest.count, of: reference)
                }
            }
            return begun
        }
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
    let bytes: UnsafeRawBufferPointer

    init(_ source: UnsafeRawBufferPointer) {
        let memory = UnsafeMutableRawBufferPointer.allocate(
            byteCount: source.count,
            alignment: 16
        )
        unsafe memory.copyMemory(from: source)
        unsafe bytes = UnsafeRawBufferPointer(memory)
    }

    deinit {
        unsafe bytes.deallocate()
    }
}
