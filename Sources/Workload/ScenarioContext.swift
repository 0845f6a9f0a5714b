// SPDX-License-Identifier: Apache-2.0

internal import AsyncRuntime
internal import Synchronization
internal import SystemPackage

/// What every server, client and timer of a run shares.
final class ScenarioContext: Sendable {
    let runtime: Runtime
    let settings: LiveSettings
    let seed: UInt64
    /// The runtime's executor where it is not the process's own.
    private let preference: (any TaskExecutor)?
    private let hasEnded = Atomic(false)
    let ledger = RequestLedger()
    let sightings = Sightings()
    /// On which threads the clients' callbacks ran.
    let threads = ThreadTally()
    /// Errors that were thrown where nobody hears them.
    let losses = Losses()
    /// What was started and is awaited by nobody.
    let unawaited = Unawaited()
    private let startedAt: Duration

    init(
        runtime: Runtime,
        settings: LiveSettings,
        seed: UInt64,
        preference: (any TaskExecutor)?
    ) {
        self.runtime = runtime
        self.settings = settings
        self.seed = seed
        self.preference = preference
        startedAt = runtime.elapsed
    }

    /// Starts a task on the runtime.
    func start(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        Task(executorPreference: preference, operation: body)
    }

    /// Starts a task on the calling thread, where it runs to its first suspension.
    func startHere(_ body: @escaping @Sendable () async -> Void) {
        unawaited.begin()
        Task.immediate(executorPreference: runtime.executor) { [self] in
            defer { unawaited.end() }
            await body()
        }
    }

    /// Starts a task whose error nobody hears.
    @discardableResult
    func forget(_ body: @escaping @Sendable () async throws -> Void) -> Task<Void, any Error> {
        unawaited.begin()
        return Task(executorPreference: preference) { [self] in
            defer { unawaited.end() }
            try await body()
        }
    }

    /// Returns when all has ended that nobody awaits, or when the runtime stops; calls `nudge` now
    /// and then until it has.
    func unawaitedHaveEnded(nudge: () -> Void = {}) async {
        while !unawaited.isEmpty {
            nudge()
            let pause: Duration = .milliseconds(2)
            guard (try? await runtime.sleep(for: pause, options: .anywhere)) != nil else { return }
        }
    }

    /// Whether the scenario or the runtime ends: what holds a thread should let it go.
    var isEnding: Bool { hasEnded.load(ordering: .relaxed) || runtime.isStopping }

    /// The scenario ends; blocked code that looks now and then sees it.
    func end() {
        hasEnded.store(true, ordering: .relaxed)
    }

    /// Time since the run began.
    var elapsed: Duration { runtime.elapsed - startedAt }

    func note(_ sighting: Sightings.Sighting) {
        sightings.note(sighting, at: elapsed)
    }

    /// Notes which limit an operation ran into.
    ///
    /// That the scenario stops is no fault.
    func note(_ error: OperationError) {
        switch error {
        case .cancelled, .timedOut, .closed: break
        case .limit: note(.operationLimit)
        case .system(.tooManyOpenFiles), .system(.tooManyOpenFilesInSystem): note(.descriptorLimit)
        case .system(.addressNotAvailable): note(.portsExhausted)
        case .system(let number): note(.networkError(number.rawValue))
        }
    }
}
