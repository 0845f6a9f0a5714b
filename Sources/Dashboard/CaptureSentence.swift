// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// What a machine's await has captured, and so where its next continuation will run.
struct CaptureSentence {
    let row: RuntimeSnapshot.MachineRow

    var text: String {
        guard let capture = row.context.capture else { return present }
        let asked = capture.isAsynchronous ? "; never in place, as the await asked" : ""
        guard let place = place(capture.scheduler) else {
            return capture.isOfOperation
                ? "nothing: a thread of the pool began the await; placement decides\(asked)"
                : "nothing: a poller that completes its await places it, any other thread queues it"
        }
        if capture.isAnywhere {
            return "\(place.name), which does not hold: the await asked to go on anywhere\(asked)"
        }
        if capture.isLeft {
            return "\(place.name), which does not hold: the placement is another by now\(asked)"
        }
        let by = capture.isOfOperation ? "where its await began" : "where it ran last"
        return "\(place.name), \(by): its continuation runs \(place.threads)\(asked)"
    }

    /// Of a machine that awaits nothing.
    private var present: String {
        guard let place = place(row.context.scheduler) else {
            return "nothing now; an await on this thread captures nothing"
        }
        return "nothing now; its next await captures \(place.name)"
    }

    private func place(_ scheduler: String) -> (name: String, threads: String)? {
        switch scheduler {
        case "": nil
        case "context": ("the synchronization context", "on its thread, context-ui")
        case "limited": ("the limited scheduler", "on a worker that it may use")
        case "dedicated": ("the dedicated scheduler", "on its thread, dedicated")
        default: ("scheduler \(scheduler)", "there")
        }
    }
}
