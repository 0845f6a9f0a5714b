// SPDX-License-Identifier: Apache-2.0

internal import Port
internal import Telemetry

extension Runtime {
    /// Ends the operation that a state machine awaits at this moment, as CancelIoEx does: its await
    /// throws, and the function goes on from there.
    ///
    /// The log says what came of it, in every case: between a key and this call the machine may
    /// have gone on, and be in another operation, or in none.
    func cancelOperation(ofMachine number: Int) {
        guard let machine = registry.awaited(byMachine: number) else {
            log.append("CancelIoEx", "machine #\(number) has ended before")
            return
        }
        let name = "machine #\(number) (\(machine.function))"
        guard machine.kind == nil || machine.operation != 0 else {
            log.append("CancelIoEx", "\(name) is in Task.sleep, which ends with its task only")
            return
        }
        guard let kind = machine.kind,
            let token = port.token(ofWaiting: machine.operation, for: UInt64(number))
        else {
            log.append("CancelIoEx", "\(name) awaited no operation at that moment")
            return
        }
        let place = machine.descriptor < 0 ? "" : " on descriptor \(machine.descriptor)"
        let isEnded = port.cancel(token, on: contexts.current.lane)
        let outcome = isEnded ? "cancelled" : "left to the thread that is making its call"
        log.append("CancelIoEx", "\(kind.name)\(place) of \(name): \(outcome)")
    }
}
