// SPDX-License-Identifier: Apache-2.0

package import AsyncRuntime
internal import Telemetry

/// Something to see: what runs, on which runtime, and what an audience should look for.
///
/// Each scenario is a value in a file of `Scenarios`, and has its place in ``all``.
package struct Scenario: Sendable {
    /// What a talk would show together, in its order.
    package enum Group: String, CaseIterable, Sendable {
        case picture = "The picture"
        case starvation = "Starvation, and what helps"
        case size = "How the pool finds its size"
        case continuations = "Where continuations run"
        case port = "The completion port"
    }

    /// What the clients of a scenario are.
    package enum Clients: Equatable, Sendable {
        /// Each is a connection, both ends of which are in this process.
        case connections
        /// Each is a state machine; at most so many.
        case machines(Int)
        /// There are none.
        case none
    }

    /// One of several ways in which a scenario can run, changed while it runs.
    package struct Variant: Sendable {
        package var name: String
        package var sentence: String
    }

    /// A key of the dashboard, and what it does here.
    package struct KeyHint: Sendable {
        package var key: String
        package var effect: String
    }

    package let name: String
    package let group: Group
    /// One sentence for a list.
    package let summary: String
    /// A paragraph on what there is to see.
    package let whatToLookFor: String
    /// Keys of the dashboard that are worth trying here.
    package var suggestedKeys: [KeyHint] = []
    /// Ways in which it can run; fewer than two where there is nothing to choose.
    package var variants: [Variant] = []
    /// What it does where the command line says nothing else.
    package var defaults = WorkloadSettings()
    package var clients = Clients.none
    /// What the runtime has to be for it, where the command line says nothing else.
    package var configure: @Sendable (inout RuntimeConfiguration) -> Void = { _ in }
    /// What the caption line says; `nil` for the usual sentence.
    var caption: @Sendable (RuntimeSnapshot, ScenarioContext) -> String? = { _, _ in nil }
    /// Sets it up; opens the server's socket where there is one.
    var stage: @Sendable (ScenarioContext, SocketAddress?) throws(OperationError) -> Stage

    /// The most clients, given how many descriptors the process may have.
    package func maximumClients(descriptorLimit: Int) -> Int {
        switch clients {
        case .connections:
            max(1, (descriptorLimit - Scenario.reservedDescriptors) / Scenario.descriptorsPerClient)
        case .machines(let most): most
        case .none: 0
        }
    }

    /// Both ends of a client's connection are in this process.
    package static let descriptorsPerClient = 2
    /// Standard streams, listener, port, event descriptors, and room for visitors with `curl`.
    package static let reservedDescriptors = 64
    /// About a kilobyte and a half each: more would be a test of the machine's memory.
    package static let maximumMachines = 2_000_000

    /// All there are, in the order of a talk.
    package static let all: [Scenario] = [
        .one, .fanout, .ordinary, .nothread, .twin, .timers, .idle,
        .starvation, .cooperative, .sleepwait, .rescue, .gosse, .blockers, .timersStarved,
        .tutorialResult, .tutorialSleepwait, .tutorialAwait,
        .hill, .longrunning, .yield,
        .placement, .inlineBlocks, .hops, .whichthread, .deadlock, .asyncvoid,
        .syncfast, .lifo, .batch, .files, .cancel,
    ]

    /// The scenario of that name, if there is one.
    package static func named(_ name: String) -> Scenario? {
        all.first { $0.name == name }
    }
}

/// A scenario that has been set up: what is to be started.
struct Stage: Sendable {
    /// Closed first when the scenario stops.
    var listener: AsyncListener?
    /// Each runs as a task for as long as the scenario does.
    var background: [@Sendable () async -> Void] = []
    /// One client's life.
    var client: (@Sendable (Int) async -> Void)?
}
