// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Port
internal import SystemPackage
internal import Telemetry

/// One await of an overlapped operation: the step from user code to the port and back.
struct Operation {
    let runtime: Runtime
    let kind: OperationKind
    let association: Association?
    let site: Int
    let functionRow: Int

    /// Names the await by its place; `context` is the calling thread's and knows the place's number.
    init(
        _ kind: OperationKind,
        on association: Association?,
        of runtime: Runtime,
        context: ThreadContext,
        function: StaticString,
        file: StaticString,
        line: UInt
    ) {
        self.runtime = runtime
        self.kind = kind
        self.association = association
        (site, functionRow) = context.sites.number(
            function: function,
            file: file,
            line: line,
            kind: kind,
            in: runtime.registry.sites
        )
    }

    /// Counts an operation whose call succeeded or failed at once.
    ///
    /// `skipOnSuccess` decides whether that is the end of it, or whether a packet takes the result
    /// through the port.
    func finishedAtOnce(_ outcome: OperationOutcome, lane: ThreadLane) {
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
    }

    /// Suspends the task until the operation is complete.
    ///
    /// `fill` gives the operation its bytes before it is submitted; `atOnce` is the result of a
    /// call that has been made already.
    func wait(
        deadline: Instant?,
        atOnce: (outcome: OperationOutcome, buffer: UInt32)? = nil,
        fill: (OperationReference) -> Void = { _ in }
    ) async throws(OperationError) -> Completion {
        let runtime = runtime
        let operation = try make(deadline: deadline)
        let token = runtime.port.token(of: operation)
        fill(operation)
        // Resumed before it has suspended, the task goes on in the same run of the same thread.
        var serial: UInt64 = 0
        let completion = await withTaskCancellationHandler {
            await unsafe withUnsafeContinuation {
                (continuation: UnsafeContinuation<Completion, Never>) in
                let context = runtime.contexts.current
                serial = context.runSerial
                unsafe submit(operation, continuation, context: context, atOnce: atOnce)
            }
        } onCancel: {
            runtime.port.end(token, reason: .cancelled, on: runtime.contexts.current.lane)
        }
        let context = runtime.contexts.current
        if context.runSerial == serial { raced(completion, context) }
        return completion
    }

    /// The completion overtook the suspension: the task went on in place, without an executor.
    private func raced(_ completion: Completion, _ context: ThreadContext) {
        if case .value = completion.outcome { context.lane.count(.raced) }
        let now = Instant.now.nanoseconds
        if runtime.registry.ranOn(in: context.runningJob, at: now) { context.runningSince = now }
    }

    private func make(deadline: Instant?) throws(OperationError) -> OperationReference {
        do throws(SlotPool.Exhausted) {
            return try runtime.port.makeOperation(
                kind,
                on: association,
                deadline: deadline,
                site: site,
                subject: 0,
                role: .continuation,
                contexts: (0, 0),
                lane: runtime.contexts.current.lane
            )
        } catch {
            throw .limit("At most \(error.limit) operations can be in flight.")
        }
    }

    private func submit(
        _ operation: OperationReference,
        _ continuation: UnsafeContinuation<Completion, Never>,
        context: ThreadContext,
        atOnce: (outcome: OperationOutcome, buffer: UInt32)?
    ) {
        let now = Instant.now
        let lane = context.lane
        let machine = runtime.registry.awaits(
            kind,
            descriptor: association?.descriptor ?? -1,
            site: site,
            functionRow: functionRow,
            at: now.nanoseconds,
            isOwnThread: context.origin != .other,
            lane: lane
        )
        runtime.port.setContext(
            unsafe unsafeBitCast(continuation, to: UInt.self),
            subject: machine,
            of: operation
        )
        if let atOnce {
            runtime.port.completeAtOnce(
                operation,
                atOnce.outcome,
                buffer: atOnce.buffer,
                lane: lane
            )
        } else {
            runtime.port.submit(operation, to: association, lane: lane, now: now)
        }
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
