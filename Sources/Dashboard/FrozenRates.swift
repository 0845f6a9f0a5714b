// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

extension RuntimeSnapshot {
    /// The snapshot of a frozen world: nothing passes, whatever has in the second of world time
    /// before it stopped, which is what means over the last second go on telling.
    var withFrozenRates: RuntimeSnapshot {
        var frozen = self
        frozen.requests.perSecond = 0
        for index in schedulers.indices {
            frozen.schedulers[index].itemsPerSecond = 0
            frozen.schedulers[index].busyPercent = 0
        }
        guard var detail else { return frozen }
        let (resumed, executed) = (detail.rates.resumed, detail.rates.executed)
        detail.rates = Rates()
        (detail.rates.resumed, detail.rates.executed) = (resumed, executed)
        for index in detail.pollers.indices {
            detail.pollers[index].packetsPerSecond = 0
            detail.pollers[index].busyPercent = 0
            detail.pollers[index].userPercent = 0
        }
        for index in detail.workers.indices {
            detail.workers[index].itemsPerSecond = 0
            detail.workers[index].busyPercent = 0
        }
        for index in detail.functions.indices { detail.functions[index].donePerSecond = 0 }
        frozen.detail = detail
        return frozen
    }
}
