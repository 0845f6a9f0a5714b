// SPDX-License-Identifier: Apache-2.0

internal import Port

// INVARIANT: the buffer's memory belongs to this value alone; the pool outlives it.
/// Bytes that an operation received, in a buffer that goes back to its pool when this value ends.
@safe public struct IOBuffer: ~Copyable, @unchecked Sendable {
    /// Bytes in a buffer, and so the most that one read returns.
    ///
    /// A read holds no memory while it waits: the poller takes a buffer when the descriptor is
    /// ready.
    public static let capacity = BufferPool.bufferBytes

    private let pool: BufferPool
    private(set) var number: UInt32
    /// Bytes received; 0 at the end of the stream.
    public let count: Int

    init(pool: BufferPool, number: UInt32, count: Int) {
        self.pool = pool
        self.number = number
        self.count = count
    }

    deinit {
        if number != 0 { pool.put(number) }
    }

    /// Ends the value; for callers that know whose threads they run on.
    consuming func giveBack(on contexts: ThreadContexts) {
        let number = number
        let pool = pool
        self.number = 0
        if number != 0 { contexts.withCurrent { pool.put(number, on: $0.lane) } }
    }

    /// Calls `body` with the bytes received.
    public borrowing func withBytes<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(unsafe rawBytes.span)
    }

    private var rawBytes: UnsafeBufferPointer<UInt8> {
        guard number != 0 else { return unsafe UnsafeBufferPointer(start: nil, count: 0) }
        let base = unsafe pool.address(of: number).assumingMemoryBound(to: UInt8.self)
        return unsafe UnsafeBufferPointer(start: base, count: count)
    }

    /// Calls `body` with the bytes, whose place is stable while this value lives.
    borrowing func withRawBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        unsafe body(UnsafeRawBufferPointer(rawBytes))
    }
}
