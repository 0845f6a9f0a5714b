// SPDX-License-Identifier: Apache-2.0

internal import AsyncRuntime
internal import SystemPackage

/// What every server, client and timer of a run shares.
final class ScenarioContext: Sendable {
    let runtime: Runtime
    let settings: LiveSettings
    let seed: UInt64
    let ledger = RequestLedger()
    let sightings = Sightings()
    private let start = ContinuousClock.now

    init(runtime: Runtime, settings: LiveSettings, seed: UInt64) {
        self.runtime = runtime
        self.settings = settings
        self.seed = seed
    }

    /// Time since the run began.
    var elapsed: Duration { ContinuousClock.now - start }

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
