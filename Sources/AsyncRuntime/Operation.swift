// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Port
internal import Synchronization
internal import SystemPackage
internal import Telemetry

/// One await of an overlapped operation: the step from user code to the port and back.
///
/// It is made and filled in by plain functions, and only then awaited: what it was made from is not
/// kept across the suspension, where every word would be one of the task's memory.
struct Operation {
    let kind: OperationKind
    let site: Int
    let functionRow: Int
    let options: AwaitOptions

    /// Names the await by its place; `context` is the calling thread's and knows the place's number.
    init(
        _ kind: OperationKind,
        of runtime: Runtime,
        context: ThreadContext,
        options: AwaitOptions = [],
        at call: CallSite
    ) {
        self.kind = kind
        self.options = options
        (site, functionRow) = context.sites.number(call, kind: kind) { runtime.registry.sites }
    }

    /// How an operation comes to the port.
    enum Start {
        /// It waits for its call.
        case submitted
        /// It is the rest of a call that was begun by `CompletionPort.openTry`.
        case restOfTry
        /// Its call has been made already; a packet takes the result through the port.
        case done(OperationOutcome, buffer: UInt32)
    }

    /// What the first part of an await has come to.
    enum Begun {
        /// It is over: nothing waits.
        case over(Completion)
        /// It has a slot and is to be awaited.
        case pending(OperationReference, Start)
        /// There are as many operations as there are slots.
        case refused(limit: Int)
    }

    /// The call has succeeded or failed at once.
    ///
    /// `skipOnSuccess` decides whether that is the end of it, or whether a packet takes the result
    /// through the port.
    func finish(
        _ outcome: OperationOutcome,
        buffer: UInt32 = 0,
        on association: Association,
        of runtime: Runtime,
        lane: ThreadLane
    ) -> Begun {
        if case .value = outcome, !runtime.port.skipOnSuccess.load(ordering: .relaxed) {
            let start = Start.done(outcome, buffer: buffer)
            return begin(start, on: association, of: runtime, deadline: nil, lane: lane)
        }
        return over(outcome, buffer: buffer, lane: lane)
    }

    /// Counts an operation that has been made, and has ended, without the port.
    private func over(_ outcome: OperationOutcome, buffer: UInt32, lane: ThreadLane) -> Begun {
        let section = lane.open()
        lane.count(.submitted, in: section)
        if case .value = outcome {
            lane.count(.completed, in: section)
            lane.count(.synchronous, in: section)
        } else {
            lane.count(.failed, in: section)
        }
        lane.tally(.done, row: site, 1, in: section)
        lane.close(section)
        return .over(Completion(outcome: outcome, buffer: buffer))
    }

    /// Takes a slot for what is to be awaited.
    func begin(
        _ start: Start,
        on association: Association?,
        of runtime: Runtime,
        deadline: Instant?,
        lane: ThreadLane
    ) -> Begun {
        let port = runtime.port
        do throws(SlotPool.Exhausted) {
            let operation = try port.makeOperation(
                kind,
                on: association,
                deadline: deadline,
                site: site,
                functionRow: functionRow,
                subject: 0,
                role: .continuation,
                contexts: (0, UInt(options.rawValue)),
                lane: lane
            )
            return .pending(operation, start)
        } catch {
            switch start {
            case .submitted: break
            case .restOfTry:
                if let association {
                    let direction = kind.direction ?? .write
                    port.closeTry(association, direction, .wouldBlock, lane: lane)
                }
            // The result is there; it only cannot travel by packet.
            case .done(let outcome, let buffer): return over(outcome, buffer: buffer, lane: lane)
            }
            return .refused(limit: error.limit)
        }
    }
}

// Uncounted: a reference that is kept while a task is suspended is counted twice for each await, and
// whoever awaits keeps the runtime for as long.
extension Uncounted where Object == Runtime {
    /// Suspends the task until what was begun is complete.
    @inline(__always)
    func completion(
        of begun: Operation.Begun,
        on association: Association?
    ) async throws(OperationError) -> Completion {
        switch begun {
        case .over(let completion): return completion
        case .refused(let limit):
            throw .limit("At most \(limit) operations can be in flight.")
        case .pending(let operation, let start):
            return await completion(of: operation, start, on: association)
        }
    }

    /// Suspends the task until the operation is complete.
    ///
    /// Part of each function that awaits, since a function of its own would have a frame of its own.
    @inline(__always)
    private func completion(
        of operation: OperationReference,
        _ start: Operation.Start,
        on association: Association?
    ) async -> Completion {
        let watch = with { runtime in
            CancellationRoutes.watch(runtime.port.token(of: operation), of: runtime.number.value)
        }
        // The thread's run in which the task suspends. Resumed before it has suspended, the task goes
        // on in the same run of the same thread.
        var serial: UInt64 = 0
        let completion = await unsafe withUnsafeContinuation {
            (continuation: UnsafeContinuation<Completion, Never>) in
            let bits = unsafe unsafeBitCast(continuation, to: UInt.self)
            with { $0.suspend(bits, in: operation, start, on: association, &serial) }
        }
        RunningTask.unwatch(watch)
        with { $0.goOn(after: serial, completion) }
        return completion
    }
}

extension Runtime {
    /// Hands the operation to the port, on the task's own thread.
    ///
    /// However soon the operation is complete, the task does not go on before this returns: a
    /// continuation that is resumed before its await only says so to the await.
    @inline(never)
    fileprivate func suspend(
        _ continuation: UInt,
        in operation: OperationReference,
        _ start: Operation.Start,
        on association: Association?,
        _ serial: inout UInt64
    ) {
        onThisThread { context, port in
            let now = Instant.now
            let lane = context.lane
            let resumption = Resumption(
                captured: context.scheduler,
                options: AwaitOptions(rawValue: UInt8(truncatingIfNeeded: operation.contexts.1))
            )
            let number = registry.awaits(
                operation.kind,
                operation: operation.slot,
                descriptor: operation.descriptor,
                site: operation.site,
                functionRow: operation.functionRow,
                resumption: resumption,
                at: now.nanoseconds,
                context
            )
            serial = context.runSerial
            // Another task may run within the run of this one, or before it in an actor's turn.
            if TaskLayout.current == context.runningJob { context.awaitedAt = now.nanoseconds }
            port.setContext(
                continuation,
                resumption: resumption.word,
                subject: number,
                of: operation
            )
            switch start {
            case .done(let outcome, let buffer):
                port.completeAtOnce(operation, outcome, buffer: buffer, lane: lane)
            case .restOfTry:
                port.submit(operation, to: association, isRestOfTry: true, lane: lane, now: now)
            case .submitted where operation.kind == .post:
                port.post(operation, lane: lane, now: now)
            case .submitted:
                port.submit(operation, to: association, lane: lane, now: now)
            }
        }
    }

    /// The operation's task was cancelled.
    func cancel(_ token: OperationToken) {
        contexts.withCurrent { _ = port.cancel(token, on: $0.lane) }
    }

    /// The task goes on, on whatever thread.
    @inline(never)
    fileprivate func goOn(after serial: UInt64, _ completion: Completion) {
        onThisThread { context, _ in
            if context.runSerial == serial { raced(completion, context) }
        }
    }

    /// The completion overtook the suspension: the task went on in place, without an executor.
    private func raced(_ completion: Completion, _ context: ThreadContext) {
        context.awaitedAt = 0
        if case .value = completion.outcome { context.lane.count(.raced) }
        let now = Instant.now.nanoseconds
        let isOwn = registry.ranOn(in: context.runningJob, at: now, lane: context.lane)
        if isOwn { context.runningSince = now }
    }
}

extension Completion {
    /// The outcome's figure.
    ///
    /// - Throws: what the operation failed with.
    func value() throws(OperationError) -> Int {
        switch outcome {
        case .value(let value): return value
        case .failed(let error): throw .system(error)
        case .cancelled: throw .cancelled
        case .timedOut: throw .timedOut
        case .closed: throw .closed
        }
    }
}
