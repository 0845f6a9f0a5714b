// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Pool
internal import Port
internal import Synchronization
internal import Telemetry

/// What occupies a thread: burning, blocking, and waiting for async code without `await`.
///
/// All of it ends early when the runtime stops.
extension Runtime {
    /// Uses the processor for a time, as user code would.
    public func burn(for duration: Duration) {
        guard duration > .zero else { return }
        let deadline = Instant.now.advanced(by: duration)
        while Instant.now < deadline, !stopSignal.isSet {
            // The time that is left does not pass; the processor is for those who watch.
            if WorldClock.stands { stopSignal.wait(for: .nanoseconds(1)) }
        }
    }

    /// Blocks the calling thread for a time, as user code would.
    ///
    /// With `isReported` the pool is told, as .NET's waits on tasks tell it; a bare `Thread.Sleep`
    /// or a lock tells nobody.
    public func block(for duration: Duration, isReported: Bool = true) {
        guard duration > .zero else { return }
        whileBlocked(isReported: isReported) { stopSignal.wait(for: duration) }
    }

    /// Waits for the result of async code while the calling thread is blocked: sync over async.
    ///
    /// As a call of an async method does in .NET, the code begins on the calling thread and runs
    /// there to its first suspension. Then the thread is blocked until the code has ended
    /// elsewhere, for which its continuations need a thread.
    ///
    /// - Throws: ``OperationError/closed`` when the runtime stops meanwhile,
    ///   ``OperationError/cancelled`` by ``cancelSynchronousWaits(onThread:)``.
    public func result<Value: Sendable>(
        function: StaticString = #function,
        of operation: @escaping @Sendable () async -> Value
    ) throws(OperationError) -> Value {
        let (wait, box) = begin(operation, isQueued: false, in: function)
        return try end(wait, box, isReported: true)
    }

    /// As ``result(of:)``, for code that begins in the caller's queue, as `Task.Run(...).Result`
    /// does: another thread has to take it from there.
    public func resultOfQueued<Value: Sendable>(
        function: StaticString = #function,
        _ operation: @escaping @Sendable () async -> Value
    ) throws(OperationError) -> Value {
        let (wait, box) = begin(operation, isQueued: true, in: function)
        return try end(wait, box, isReported: true)
    }

    /// As ``result(of:)``, but looks again and again, with a sleep in between of which the pool is
    /// told nothing.
    public func result<Value: Sendable>(
        of operation: @escaping @Sendable () async -> Value,
        pollingEvery interval: Duration,
        function: StaticString = #function
    ) throws(OperationError) -> Value {
        let (wait, box) = begin(operation, isQueued: false, in: function)
        stopSignal.add(wait)
        defer { stopSignal.remove(wait) }
        var ending: SynchronousWait.End?
        whileBlocked(isReported: false) {
            while ending == nil { ending = wait.poll(after: interval, stopSignal) }
        }
        return try box.value(ending ?? .stopped)
    }

    /// Ends the waits of ``result(of:)`` on the thread of that name; the async code runs on.
    public func cancelSynchronousWaits(onThread name: String) {
        for wait in stopSignal.synchronousWaits where wait.thread == name {
            wait.finish(.cancelled)
        }
    }

    /// Starts the code; its last step ends the wait.
    private func begin<Value: Sendable>(
        _ operation: @escaping @Sendable () async -> Value,
        isQueued: Bool,
        in function: StaticString
    ) -> (SynchronousWait, ResultBox<Value>) {
        let wait = SynchronousWait(
            thread: contexts.cached?.threadName ?? CurrentThread.name,
            function: function
        )
        let box = ResultBox<Value>()
        let body: @Sendable () async -> Void = {
            if TaskLayout.isKnown {
                let machine = TaskLayout.identifier(TaskLayout.current)
                wait.machine.store(UInt64(machine), ordering: .relaxed)
            }
            let value = await operation()
            box.state.withLock { $0 = value }
            wait.finish(.result)
        }
        if isQueued {
            Task(executorPreference: taskExecutor, operation: body)
        } else {
            Task.immediate(executorPreference: taskExecutor, operation: body)
        }
        return (wait, box)
    }

    private func end<Value: Sendable>(
        _ wait: SynchronousWait,
        _ box: ResultBox<Value>,
        isReported: Bool
    ) throws(OperationError) -> Value {
        // Code that has not suspended has its result by now, or will in a moment: nothing blocks.
        if let value = box.state.withLock({ $0 }) { return value }
        if wait.comesSoon() { return try box.value(wait.wait()) }
        stopSignal.add(wait)
        defer { stopSignal.remove(wait) }
        var ending = SynchronousWait.End.stopped
        whileBlocked(isReported: isReported) { ending = wait.wait() }
        return try box.value(ending)
    }

    /// Runs `body`, which blocks, and says so: on the thread's lane, and to pool or port.
    func whileBlocked(isReported: Bool, _ body: () -> Void) {
        guard let context = contexts.cached else { return body() }
        gate.rests(context.lane)
        if let poller = context.poller {
            if isReported { port.pollerBlocks(poller) } else { poller.setState(.blocked, at: .now) }
            body()
            if isReported {
                port.pollerUnblocks(poller)
            } else {
                poller.setState(.inline, at: .now)
            }
            return
        }
        context.setState(.blocked, at: .now)
        let worker = isReported ? context.worker : nil
        if let worker { pool.workerBlocks(worker) }
        body()
        if let worker { pool.workerUnblocks(worker) }
        context.setState(.running, at: .now)
    }
}

/// Where async code leaves its result for a thread that is blocked.
private final class ResultBox<Value: Sendable>: Sendable {
    let state = Lock<Value?>(nil)

    func value(_ end: SynchronousWait.End) throws(OperationError) -> Value {
        switch end {
        case .result:
            guard let value = state.withLock({ $0 }) else {
                preconditionFailure("The result is stored before the wait is ended.")
            }
            return value
        case .cancelled: throw .cancelled
        case .stopped: throw .closed
        }
    }
}
