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
    let options: AwaitOptions

    /// Names the await by its place; `context` is the calling thread's and knows the place's number.
    init(
        _ kind: OperationKind,
        on association: Association?,
        of runtime: Runtime,
        context: ThreadContext,
        options: AwaitOptions = [],
        at call: CallSite
    ) {
        self.options = options
        self.runtime = runtime
        self.kind = kind
        self.association = association
        (site, functionRow) = context.sites.number(
            call,
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

    /// How an operation comes to the port.
    enum Start {
        /// It waits for its call.
        case submitted
        /// It is the rest of a call that was begun by `CompletionPort.openTry`.
        case restOfTry
        /// Its call has been made already; a packet takes the result through the port.
        case done(OperationOutcome, buffer: UInt32)
    }

    /// Suspends the task until the operation is complete.
    ///
    /// `fill` gives the operation its bytes before it is submitted.
    func wait(
        deadline: Instant?,
        start: Start = .submitted,
        fill: (OperationReference) -> Void = { _ in }
    ) async throws(OperationError) -> Completion {
        let runtime = runtime
        let operation: OperationReference
        do throws(SlotPool.Exhausted) {
            operation = try make(deadline: deadline)
        } catch {
            let lane = runtime.contexts.current.lane
            switch start {
            case .submitted: break
            case .restOfTry:
                if let association {
                    let direction = kind.direction ?? .write
                    runtime.port.closeTry(association, direction, .wouldBlock, lane: lane)
                }
            case .done(let outcome, let buffer):
                // The result is there; it only cannot travel by packet.
                finishedAtOnce(outcome, lane: lane)
                return Completion(outcome: outcome, buffer: buffer)
            }
            throw .limit("At most \(error.limit) operations can be in flight.")
        }
        let token = runtime.port.token(of: operation)
        fill(operation)
        // Resumed before it has suspended, the task goes on in the same run of the same thread.
        var serial: UInt64 = 0
        var isChild = false
        let completion = await withTaskCancellationHandler {
            await unsafe withUnsafeContinuation {
                (continuation: UnsafeContinuation<Completion, Never>) in
                let context = runtime.contexts.current
                let now = Instant.now
                let resumption = Resumption(captured: context.scheduler, options: options)
                let machine = awaits(operation.slot, at: now, resumption, context)
                // Written before the submission: after it the task may be running elsewhere.
                serial = context.runSerial
                isChild = machine.isInParentsFrame
                runtime.port.setContext(
                    unsafe unsafeBitCast(continuation, to: UInt.self),
                    resumption: resumption.word,
                    subject: machine.number,
                    of: operation
                )
                submit(operation, start, at: now, context.lane)
            }
        } onCancel: {
            runtime.port.cancel(token, on: runtime.contexts.current.lane)
        }
        let context = runtime.contexts.current
        if context.runSerial == serial { raced(completion, context) }
        if isChild {
            runtime.registry.childGoesOn(in: context.runningJob, lane: context.lane)
        }
        return completion
    }

    /// The completion overtook the suspension: the task went on in place, without an executor.
    private func raced(_ completion: Completion, _ context: ThreadContext) {
        if case .value = completion.outcome { context.lane.count(.raced) }
        let now = Instant.now.nanoseconds
        let isOwn = runtime.registry.ranOn(
            in: context.runningJob,
            at: now,
            lane: context.lane
        )
        if isOwn { context.runningSince = now }
    }

    private func make(deadline: Instant?) throws(SlotPool.Exhausted) -> OperationReference {
        try runtime.port.makeOperation(
            kind,
            on: association,
            deadline: deadline,
            site: site,
            subject: 0,
            role: .continuation,
            contexts: (0, 0),
            lane: runtime.contexts.current.lane
        )
    }

    private func awaits(
        _ slot: UInt32,
        at now: Instant,
        _ resumption: Resumption,
        _ context: ThreadContext
    ) -> (number: UInt64, isInParentsFrame: Bool) {
        runtime.registry.awaits(
            kind,
            operation: slot,
            descriptor: association?.descriptor ?? -1,
            site: site,
            functionRow: functionRow,
            resumption: resumption,
            at: now.nanoseconds,
            isOwnThread: context.origin != .other,
            lane: context.lane
        )
    }

    private func submit(
        _ operation: OperationReference,
        _ start: Start,
        at now: Instant,
        _ lane: ThreadLane
    ) {
        let port = runtime.port
        switch start {
        case .done(let outcome, let buffer):
            port.completeAtOnce(operation, outcome, buffer: buffer, lane: lane)
        case .restOfTry:
            port.submit(operation, to: association, isRestOfTry: true, lane: lane, now: now)
        case .submitted where kind == .post:
            port.post(operation, lane: lane, now: now)
        case .submitted:
            port.submit(operation, to: association, lane: lane, now: now)
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
