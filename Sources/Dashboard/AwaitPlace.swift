// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

extension RuntimeSnapshot.MachineRow {
    /// Where it awaits: the place that its operation has noted, or else, of a machine without one, that
    /// of the compiler's state; empty where neither is known.
    func awaitPlace(_ states: RuntimeSnapshot.States) -> String {
        guard site.isEmpty else { return site }
        return states.tellingFrame(ofChain: context.chain)?.location ?? ""
    }
}
