// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

extension Resumption {
    /// Where a poller will put the continuation, as things are now.
    func place(_ setting: Placement, _ live: PlacementSetting?) -> String {
        let held = live.map { $0.held(captured, setting) } ?? captured
        let fork = Placement.Fork(setting, on: .poller, captured: held, options: options)
        switch fork.choice {
        case .scheduler(let name): return name.rawName
        case .inPlace: return Placement.inline.rawValue
        case .globalQueue, .localQueue: return Placement.worker.rawValue
        }
    }

    /// What is captured, and whether it holds as things are now.
    func capture(
        _ setting: Placement,
        _ live: PlacementSetting,
        isOfOperation: Bool
    ) -> RuntimeSnapshot.Capture {
        var capture = RuntimeSnapshot.Capture()
        capture.scheduler = captured?.rawName ?? ""
        capture.isAnywhere = options.contains(.anywhere)
        capture.isAsynchronous = options.contains(.asynchronously)
        capture.isLeft = captured != nil && live.held(captured, setting) == nil
        capture.isOfOperation = isOfOperation
        return capture
    }
}
