// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import SystemPackage
internal import Telemetry

/// Room for the newest snapshot between the sampler's thread and the main loop.
///
/// A snapshot that was not taken is replaced: a slow terminal sees fewer of them, never older ones.
final class SnapshotMailbox: Sendable {
    private struct Content {
        var newest: RuntimeSnapshot?
        var processorTime = Duration.zero
    }

    private let content = Lock(Content())
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

    /// What the thread that puts has used of a processor by its last snapshot.
    var processorTime: Duration { content.withLock { $0.processorTime } }

    func put(_ snapshot: RuntimeSnapshot, processorTime: Duration) {
        content.withLock { $0 = Content(newest: snapshot, processorTime: processorTime) }
        wake.signal()
    }

    func take() -> RuntimeSnapshot? {
        content.withLock { content in
            defer { content.newest = nil }
            return content.newest
        }
    }
}
