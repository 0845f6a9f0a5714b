// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Telemetry

/// The state machines that somebody looks for: set by any thread, read by the sampler.
final class SoughtMachines: Sendable {
    private let search = Lock(MachineSearch())

    var value: MachineSearch {
        get { search.withLock { $0 } }
        set { search.withLock { $0 = newValue } }
    }
}
