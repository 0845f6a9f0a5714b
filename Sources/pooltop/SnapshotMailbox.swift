// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import SystemPackage
internal import Telemetry

/// Room for the newest snapshot between the sampler's thread and the main loop.
///
/// A snapshot that was not taken is replaced: a slow terminal sees fewer of them, never older ones.
final class SnapshotMailbox: Sendable {
    private let newest = Lock<RuntimeSnapshot?>(nil)
    private let wake: EventDescriptor

    /// - Throws: `EMFILE` where the process has no descriptor left.
    init() throws(Errno) {
        wake = try EventDescriptor()
    }

    /// Readable whenever there is something to take.
    var wakeDescriptor: Int32 { wake.number }

    /// Wakes the main loop for another reason than a snapshot.
    func signal() {
        wake.signal()
    }

    func put(_ snapshot: RuntimeSnapshot) {
        newest.withLock { $0 = snapshot }
        wake.signal()
    }

    func take() -> RuntimeSnapshot? {
        newest.withLock { newest in
            defer { newest = nil }
            return newest
        }
    }
}
