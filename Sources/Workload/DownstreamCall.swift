// SPDX-License-Identifier: Apache-2.0

internal import AsyncRuntime

/// How a request waits for the service behind the server.
///
/// The service is the same each time, a sleep; what differs is what the waiting costs. All but the
/// first way hold a thread.
enum DownstreamCall: Sendable {
    /// `await`: no thread waits.
    case awaited
    /// `await`, with `RunContinuationsAsynchronously`: the continuation is always queued.
    case awaitedAsynchronously
    /// `.Result`: the thread is blocked, and the pool is told.
    case result
    /// A loop of `Thread.Sleep(10)` until the call is complete: blocked, and nobody is told.
    case polled
    /// A cache that blocks to fill a missing entry: `GetOrAdd(key, k => Load(k).Result)`.
    case cacheLookup
    /// A constructor that blocks, since constructors cannot be async.
    case constructor
    /// The callback of a timer that blocks.
    case timerCallback
    /// As the scenario's variant says.
    case byVariant([DownstreamCall])

    /// Waits as long as the service takes.
    func perform(
        taking time: Duration,
        for request: HTTPRequest,
        in context: ScenarioContext
    ) async throws(OperationError) {
        let runtime = context.runtime
        switch self {
        case .awaited:
            try await query(runtime, time)
        case .awaitedAsynchronously:
            try await query(runtime, time, .asynchronously)
        case .result:
            try customer(runtime, time)
        case .polled:
            try poll(runtime, time)
        case .cacheLookup:
            _ = try CustomerCache().value(for: request.start.target, runtime, time)
        case .constructor:
            _ = try CustomerSession(runtime, time)
        case .timerCallback:
            try await fired(runtime, time)
        case .byVariant(let calls):
            let index = min(context.settings.variant, calls.count - 1)
            try await calls[index].perform(taking: time, for: request, in: context)
        }
    }

    /// The service: an async call that takes its time.
    private func query(
        _ runtime: Runtime,
        _ time: Duration,
        _ options: AwaitOptions = []
    ) async throws(OperationError) {
        try await runtime.sleep(for: time, options: options)
    }

    private func customer(_ runtime: Runtime, _ time: Duration) throws(OperationError) {
        try runtime.result { try? await query(runtime, time) }
    }

    private func poll(_ runtime: Runtime, _ time: Duration) throws(OperationError) {
        try runtime.result(
            of: { try? await query(runtime, time) },
            pollingEvery: .milliseconds(10)
        )
    }

    /// The timer's callback runs on a worker and blocks it; the request awaits the callback.
    private func fired(_ runtime: Runtime, _ time: Duration) async throws(OperationError) {
        await withCheckedContinuation { done in
            do throws(OperationError) {
                try runtime.schedule(after: .milliseconds(1)) {
                    timerCallback(runtime, time)
                    done.resume()
                }
            } catch {
                done.resume()
            }
        }
    }

    private func timerCallback(_ runtime: Runtime, _ time: Duration) {
        try? runtime.result { try? await query(runtime, time) }
    }
}

/// A cache whose look-up fills what is missing, and blocks for it.
private struct CustomerCache {
    /// Every entry is missing: as it is when a cache is cold, and all requests come at once.
    func value(
        for key: String,
        _ runtime: Runtime,
        _ time: Duration
    ) throws(OperationError) -> String {
        try runtime.result {
            try? await runtime.sleep(for: time)
            return "customer of \(key)"
        }
    }
}

/// An object that loads what it needs when it is made.
private struct CustomerSession {
    let customer: String

    init(_ runtime: Runtime, _ time: Duration) throws(OperationError) {
        customer = try runtime.result {
            try? await runtime.sleep(for: time)
            return "customer"
        }
    }
}
