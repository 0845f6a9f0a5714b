// SPDX-License-Identifier: Apache-2.0

public import SystemPackage

/// Why an awaited operation did not succeed.
public enum OperationError: Error, Equatable, CustomStringConvertible {
    /// The awaiting task was cancelled.
    case cancelled
    /// The operation's time was up.
    case timedOut
    /// The socket, or the runtime, was closed while the operation waited.
    case closed
    /// A limit of this runtime was hit; the text names it.
    case limit(String)
    /// The system call failed.
    case system(Errno)

    /// One sentence.
    public var description: String {
        switch self {
        case .cancelled: "The operation was cancelled."
        case .timedOut: "The operation took longer than its time-out."
        case .closed: "The socket was closed while the operation waited."
        case .limit(let text): text
        case .system(let error): "The system call failed: \(error)."
        }
    }
}
