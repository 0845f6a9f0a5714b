// SPDX-License-Identifier: Apache-2.0

/// Where the continuation of a completed operation runs.
///
/// The fork of the picture, as a pure function: ``choose(_:on:isYield:)`` is called in the
/// executor's `enqueue`, for every job of every task.
public enum Placement: String, CaseIterable, Sendable {
    /// Queued to the worker pool: what .NET does on Linux, and the default.
    case worker
    /// In place, on the poller that took the packet.
    case inline
    /// Posted to the captured synchronization context.
    case context
    /// Queued to a scheduler of limited concurrency.
    case limited
    /// Queued to a scheduler with a thread of its own.
    case dedicated

    /// Whether this version can place continuations there.
    public var isBuilt: Bool {
        switch self {
        case .worker, .inline: true
        case .context, .limited, .dedicated: false
        }
    }

    /// The kind of thread that hands a job over.
    package enum Origin: Sendable {
        case worker, poller, other
    }

    /// What becomes of the job.
    package enum Choice: Equatable, Sendable {
        /// The tail of the queue that all workers share.
        case globalQueue
        /// The handing worker's own queue.
        case localQueue
        /// The poller's own list: it runs the job when the batch is delivered.
        case inPlace
    }

    /// Chooses where a job goes.
    ///
    /// A yield goes behind everything that waits, as `Task.Yield` does; a continuation that a
    /// worker completes prefers that worker's own queue (`preferLocal`).
    package static func choose(_ placement: Placement, on origin: Origin, isYield: Bool) -> Choice {
        switch origin {
        case .worker: isYield ? .globalQueue : .localQueue
        case .poller: placement == .inline && !isYield ? .inPlace : .globalQueue
        case .other: .globalQueue
        }
    }
}
