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
        Task.immediate(executorPreference: runtime.executor, operation: body)
    }

    /// Starts a task whose error nobody hears.
    func forget(_ body: @escaping @Sendable () async throws -> Void) {
        Task(executorPreference: preference, operation: body)
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
