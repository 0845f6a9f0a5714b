// SPDX-License-Identifier: Apache-2.0

import Kernel
import Telemetry

/// What a gate held, in words.
final class HeldHops: Sendable {
    private let hops = Lock<[String]>([])

    func note(_ hop: Hop, _ subject: UInt64) {
        hops.withLock { $0.append("\(hop) \(subject)") }
    }

    var all: [String] { hops.withLock { $0 } }
}
