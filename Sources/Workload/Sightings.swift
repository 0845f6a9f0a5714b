// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// What goes wrong in a scenario now and then, remembered for as long as a person needs to read it.
///
/// Any of thousands of clients may meet the same limit at the same moment, so a sighting is one
/// store of a time, and the sentence is made when somebody looks.
final class Sightings: Sendable {
    /// A sentence stays this long after its cause was last seen.
    static let remembrance = Duration.seconds(5)

    private static let never = Int.min

    /// Microseconds of the run at which each was last seen.
    ///
    /// Relaxed: nothing is published with them.
    private let descriptorLimit = Atomic(Sightings.never)
    private let portsExhausted = Atomic(Sightings.never)
    private let operationLimit = Atomic(Sightings.never)
    private let wrongBody = Atomic(Sightings.never)
    private let networkError = Atomic(Sightings.never)
    private let networkErrorNumber = Atomic<Int32>(0)
    private let clientsCut = Atomic(Sightings.never)

    enum Sighting: Sendable {
        /// The process may not open another descriptor.
        case descriptorLimit
        /// No source port is free at the addresses tried.
        case portsExhausted
        /// The runtime has no room for another operation.
        case operationLimit
        /// An answer was not the one to the request.
        case wrongBody
        /// Connecting or accepting failed with this `errno`.
        case networkError(Int32)
        /// More clients were asked for than the limits allow.
        case clientsCut
    }

    func note(_ sighting: Sighting, at elapsed: Duration) {
        let now = elapsed.wholeMicroseconds
        switch sighting {
        case .descriptorLimit: descriptorLimit.store(now, ordering: .relaxed)
        case .portsExhausted: portsExhausted.store(now, ordering: .relaxed)
        case .operationLimit: operationLimit.store(now, ordering: .relaxed)
        case .wrongBody: wrongBody.store(now, ordering: .relaxed)
        case .networkError(let number):
            networkErrorNumber.store(number, ordering: .relaxed)
            networkError.store(now, ordering: .relaxed)
        case .clientsCut: clientsCut.store(now, ordering: .relaxed)
        }
    }

    /// What was seen within the last seconds, most serious first.
    func recent(at elapsed: Duration) -> [Sighting] {
        let oldest = (elapsed - Sightings.remembrance).wholeMicroseconds
        var seen: [Sighting] = []
        if descriptorLimit.load(ordering: .relaxed) > oldest { seen.append(.descriptorLimit) }
        if portsExhausted.load(ordering: .relaxed) > oldest { seen.append(.portsExhausted) }
        if operationLimit.load(ordering: .relaxed) > oldest { seen.append(.operationLimit) }
        if wrongBody.load(ordering: .relaxed) > oldest { seen.append(.wrongBody) }
        if networkError.load(ordering: .relaxed) > oldest {
            seen.append(.networkError(networkErrorNumber.load(ordering: .relaxed)))
        }
        if clientsCut.load(ordering: .relaxed) > oldest { seen.append(.clientsCut) }
        return seen
    }
}
