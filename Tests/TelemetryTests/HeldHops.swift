// SPDX-License-Identifier: Apache-2.0

import Kernel
import Telemetry

/// What a gate held, in words.
final class HeldHops: Sendable {
    private let hops = Lock<[String]>([])

    func note(_ held: HeldHop) {
        hops.withLock { $0.append("\(held.hop) \(held.subject)") }
    }

    var all: [String] { hops.withLock { $0 } }
}
